/** The views below and above the stage: the run, the panels under the lab and the actions of the top bar. */

import { mountFiles } from "./files.js";
import { mountPanels } from "./panel.js";
import { mountRun } from "./run.js";

export const panels = [mountRun, mountPanels, mountFiles];

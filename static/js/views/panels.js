/** The views below and above the stage: the run, the table, the script and the actions of the top bar. */

import { mountFiles } from "./files.js";
import { mountRun } from "./run.js";
import { mountScript } from "./script.js";
import { mountTable } from "./table.js";

export const panels = [mountRun, mountTable, mountScript, mountFiles];

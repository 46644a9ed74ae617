/** The views beside the stage: setup, inspector, run, panels. Each is `(store, commands) => void` and finds its own root. */

import { mountLesson } from "./lesson.js";
import { mountManner } from "./manner.js";
import { mountSetup } from "./setup.js";
import { mountPresets } from "./presets.js";
import { mountSpecSentence } from "./spec_sentence.js";
import { mountInspector } from "./inspector.js";

/** @type {((store: import("../types.js").StoreHandle, commands: import("../types.js").Commands) => void)[]} */
export const side = [mountManner, mountLesson, mountSetup, mountPresets, mountSpecSentence, mountInspector];

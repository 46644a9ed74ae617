/** Commands of the views beside the stage. Each factory takes the context and returns its commands. */

import { attentionCommands } from "./attention.js";
import { branchCommands } from "./branches.js";
import { codeCommands } from "./code.js";
import { costCommands } from "./cost.js";
import { deliveryCommands } from "./delivery.js";
import { editCommands } from "./edit.js";
import { inspectCommands } from "./inspect.js";
import { latentCommands } from "./latent.js";
import { lessonCommands } from "./lesson.js";
import { insideCommands } from "./inside.js";
import { noiseCommands } from "./noise.js";
import { writingCommands } from "./writing.js";
import { filesCommands } from "./files.js";
import { formulaCommands } from "./formula.js";

/** @type {((context: import("../types.js").Context) => import("../types.js").Commands)[]} */
export const sideCommands = [deliveryCommands, editCommands, branchCommands, inspectCommands, filesCommands, formulaCommands, codeCommands, lessonCommands, noiseCommands, writingCommands, insideCommands, costCommands, attentionCommands, latentCommands];

/** The commands of the stage, in the order in which they may use one another. */

import { newsCommands } from "./news.js";
import { noticeCommands } from "./notices.js";
import { refreshCommands } from "./refresh.js";
import { streamCommands } from "./stream.js";
import { sessionCommands } from "./session.js";
import { transportCommands } from "./transport.js";
import { focusCommands } from "./focus.js";
import { predictCommands } from "./predict.js";

export const stageCommands = [noticeCommands, newsCommands, refreshCommands, streamCommands, sessionCommands, transportCommands, focusCommands, predictCommands];

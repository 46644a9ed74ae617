/** Where the page is put together: one store, the commands, and a view in each of the page's places. */

import { createStore } from "./store.js";
import { stageCommands } from "./commands/stage.js";
import { sideCommands } from "./commands/side.js";
import { mountStage } from "./views/stage.js";
import { panels } from "./views/panels.js";
import { side } from "./views/side.js";

const store = createStore();

/** @type {import("./types.js").Commands} */
const commands = {};
for (const factory of [...stageCommands, ...sideCommands]) Object.assign(commands, factory({ store, commands }));

mountStage(store, commands);
for (const mount of [...side, ...panels]) mount(store, commands);

commands.begin();

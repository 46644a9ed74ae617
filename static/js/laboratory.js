/** Where the laboratory's page is put together: a store of its own, its commands, and a view in each of its places. */

import { createHandle } from "./store.js";
import { EMPTY_CASE, laboratoryCommands } from "./commands/laboratory.js";
import { sweepCommands } from "./commands/sweep.js";
import { mountCase } from "./views/laboratory_case.js";
import { mountSweep } from "./views/laboratory_sweep.js";
import { mountTrials } from "./views/laboratory_trials.js";

const store = createHandle(EMPTY_CASE);

/** @type {import("./types.js").Commands} */
const commands = {};
for (const factory of [laboratoryCommands, sweepCommands]) Object.assign(commands, factory({ store, commands }));

for (const mount of [mountCase, mountTrials, mountSweep]) mount(store, commands);

commands.begin();
commands.findSweeps();

/** Commands of the views beside the stage. Each factory takes the context and returns its commands. */

/** @type {((context: import("../types.js").Context) => import("../types.js").Commands)[]} */
export const sideCommands = [];

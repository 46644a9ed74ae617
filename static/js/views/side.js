/** The views beside the stage: setup, inspector, run, panels. Each is `(root, store, commands) => void` and finds its own root. */

/** @type {((store: import("../types.js").StoreHandle, commands: import("../types.js").Commands) => void)[]} */
export const side = [];

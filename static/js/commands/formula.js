/** A formula as it is typed: what the server reads in it, or what is wrong with it and where. */

import { call } from "../api.js";

/** @returns {import("../types.js").Commands} */
export function formulaCommands() {
  return {
    /** @param {string} formula @returns {Promise<{read: {parameters: string[], letters: string[], operations: number} | null, wrong: string}>} */
    async readFormula(formula) {
      try {
        const read = await call("POST", "/api/formulas", { formula });
        return read.wrong ? { read: null, wrong: `${read.wrong[0].toUpperCase()}${read.wrong.slice(1)}.` } : { read, wrong: "" };
      } catch (error) {
        return { read: null, wrong: error instanceof Error ? error.message : "This formula cannot be read." };
      }
    },
  };
}

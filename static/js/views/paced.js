/** Asking the server no oftener than a panel needs, and only while it is open. */

/**
 * @param {import("../types.js").StoreHandle} store
 * @param {string} name  of the panel
 * @param {{still: number, running: number}} gap  between two questions, ms: while the program stands, and while it runs
 * @param {() => void} question
 * @returns {() => void}  asks now, or as soon as the gap allows
 */
export function paced(store, name, gap, question) {
  let asked = -Infinity;
  let timer = 0;
  return function ask() {
    clearTimeout(timer);
    const { panel, state } = store.get();
    if (panel !== name) return;
    const wait = gap[state?.running ? "running" : "still"] - (performance.now() - asked);
    if (wait > 0) {
      timer = window.setTimeout(ask, wait);
      return;
    }
    asked = performance.now();
    question();
  };
}

/** What went wrong or what to try, in words and in place, with a way on. */

import { element } from "./element.js";
import { watch } from "../store.js";

/** @typedef {{label: string, run: () => void}} Way */

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountNotices(root, store, commands) {
  watch(store, ({ notice, connection, state }) => [notice, connection, state?.diverged, state?.fault?.happened, state?.fault?.sentence], ({ notice, connection, state }) => {
    const lines = [];
    if (connection === "lost") lines.push(line("bad", "Connection lost. Trying again…", [{ label: "Try now", run: () => commands.reconnect() }]));
    if (state?.fault) lines.push(fault(state.fault, commands));
    else if (state?.diverged) {
      lines.push(line("bad", "A number is not finite any more. Go back, then choose a smaller learning rate or clip the gradient.", [{ label: "Start again", run: () => commands.restart() }]));
    }
    if (notice) lines.push(line(notice.tone, notice.text, [...(notice.action ? [notice.action] : []), ...(notice.actions ?? [])], () => commands.dismiss()));
    root.replaceChildren(...lines);
  });
}

/** Where the program stands before, or behind, the first number that is not finite. @param {any} fault @param {import("../types.js").Commands} commands */
function fault({ happened, position, best, advice }, commands) {
  const ways = [];
  if (best !== null) ways.push({ label: `Back to update ${best.toLocaleString("en-GB")}`, run: () => commands.seek({ update: best, instruction: 0 }) });
  ways.push(happened
    ? { label: "Back to before it", run: () => commands.seek(position) }
    : { label: "See it happen", run: () => commands.step("op", 1) });
  return line("bad", `${happened ? "Numbers are not finite from here on." : "Stopped before any damage."} ${advice}`, ways);
}

/** @param {string} tone @param {string} text @param {Way[]} ways @param {() => void} [close] */
function line(tone, text, ways, close) {
  return element("div", { class: "notice", "data-tone": tone, role: tone === "bad" ? "alert" : "status" },
    element("span", {}, text),
    ...ways.map(({ label, run }) => element("button", { type: "button", class: "link", onclick: run }, label)),
    close && element("button", { type: "button", class: "link", onclick: close }, "Dismiss"));
}

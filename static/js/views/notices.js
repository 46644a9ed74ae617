/** What went wrong or what to try, in words and in place, with a way on. */

import { element } from "./element.js";
import { watch } from "../store.js";

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
export function mountNotices(root, store, commands) {
  watch(store, ({ notice, connection, state }) => [notice, connection, state?.diverged], ({ notice, connection, state }) => {
    const lines = [];
    if (connection === "lost") lines.push(line("bad", "Connection lost. Trying again…", { label: "Try now", run: () => commands.reconnect() }));
    if (state?.diverged) {
      lines.push(line("bad", "A number stopped being finite. Go back a step, choose a smaller learning rate, or clip the gradient.", { label: "Start again", run: () => commands.restart() }));
    }
    if (notice) lines.push(line(notice.tone, notice.text, notice.action, () => commands.dismiss()));
    root.replaceChildren(...lines);
  });
}

/** @param {string} tone @param {string} text @param {import("../types.js").Notice["action"]} [action] @param {() => void} [close] */
function line(tone, text, action, close) {
  return element("div", { class: "notice", "data-tone": tone, role: tone === "bad" ? "alert" : "status" },
    element("span", {}, text),
    action && element("button", { type: "button", class: "link", onclick: action.run }, action.label),
    close && element("button", { type: "button", class: "link", onclick: close }, "Dismiss"));
}

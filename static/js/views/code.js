/** The code panel: the lines that drive this session, and the session as a script of one's own in NumPy, PyTorch or Keras. */

import { watch } from "../store.js";
import { h, show } from "./tree.js";
import { pythonLines, terminalLines } from "./code_session.js";
import { worksheetView } from "./code_worksheet.js";
import { listing } from "./code_listing.js";

/** @typedef {import("../types.js").Store} Store */

/** What can be shown, in the order of the tabs: what each is for stands above its text. */
const FORMS = [
  { form: "session", label: "session", says: "These lines drive the session on this screen; the page follows every step they make. Whoever has the token can do the same." },
  { form: "numpy", label: "NumPy", says: "The shown update, line by line. It needs NumPy alone, and every number that it computes is the page's, to the last bit." },
  { form: "pytorch", label: "PyTorch", says: "The same network, its loss and its training in PyTorch, from the first update on." },
  { form: "keras", label: "Keras", says: "The same network, its loss and its training in Keras 3, from the first update on." },
  { form: "worksheet", label: "worksheet", says: "The followed example, worked through the shown update with a pencil: you choose what is left to work out." },
];

/** @type {import("./panel.js").Panel} */
export const codePanel = { name: "code", label: "Code", title: "Code", mount: mountCode };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
function mountCode(root, store, commands) {
  /** @param {Store} now */
  const draw = (now) => {
    if (now.panel === "code") show(root, ...content(now, commands));
  };
  watch(store, ({ panel, session, form, sheet, focus, code, state }) => [panel, session?.id, form, sheet, focus, code, state?.running, state?.position.update, state?.position.instruction], draw);
}

/** @param {Store} now @param {import("../types.js").Commands} commands */
function content(now, commands) {
  const { form, says } = FORMS.find((each) => each.form === now.form) ?? FORMS[0];
  return [
    h("div", { class: "segments", role: "group", "aria-label": "What to show" },
      ...FORMS.map((each) => h("button", { type: "button", "data-text": each.label, "aria-pressed": String(each.form === form), onclick: () => commands.showForm(each.form) }, each.label))),
    h("p", { class: "code-says" }, says),
    ...(form === "session" ? driving(now, commands) : form === "worksheet" ? worksheetView(now, commands) : written(now, commands)),
  ];
}

/** @param {Store} now @param {import("../types.js").Commands} commands */
function driving({ session }, commands) {
  if (!session) return [];
  return [
    ...listing("In a terminal", terminalLines(location.origin, session), "drive.sh", commands),
    ...listing("In Python", pythonLines(location.origin, session), "drive.py", commands),
    h("p", {}, "Every call is described in ", h("a", { href: "/docs" }, "the reference"), "."),
  ];
}

/** @param {Store} now @param {import("../types.js").Commands} commands */
function written({ code, form, state }, commands) {
  if (code?.form !== form) return [h("p", { class: "muted" }, "Writing it down…")];
  if (code.refused) return [h("p", { class: "muted" }, code.refused)];
  const { update, instruction } = code.position;
  const moved = form === "numpy" && (update !== state?.position.update || instruction !== state?.position.instruction);
  const beside = code.loads && h("button", { type: "button", class: "link", onclick: () => commands.exportFile(code.loads, "npz") }, `Download ${code.loads}.npz`);
  const fresh = moved && h("button", { type: "button", class: "link", onclick: () => commands.fetchCode() }, "Refresh");
  const told = instruction || !update ? update : update - 1; // between two updates the script is that of the one that has ended
  const title = form === "numpy" ? `${code.name}, update ${told.toLocaleString("en-GB")}${instruction ? `, at op ${instruction}` : ""}` : code.name;
  return listing(title, code.text, code.name, commands, [beside, fresh]);
}

/** The session as code: fetched when it is asked for and, standing still, whenever the position changes. */

import { Refusal, call, sessionPath } from "../api.js";
import { download } from "./download.js";

/** How long a position has to last before it is written down, ms. */
const GAP = 150;
/** @type {Record<string, string>} */
const ENDINGS = { html: "html", latex: "tex", markdown: "md" };

/** @param {import("../types.js").Context} context @returns {import("../types.js").Commands} */
export function codeCommands({ store, commands }) {
  let timer = 0;
  let asked = 0;

  /** Whether what is shown is written by the server. @param {import("../types.js").Store} now */
  const shown = ({ panel, form, session }) => panel === "code" && form !== "session" && session !== null;

  async function fetchCode() {
    clearTimeout(timer);
    const { session, form } = store.get();
    if (!session || form === "session") return;
    const number = ++asked;
    /** @type {any} */
    let code;
    try {
      code = form === "worksheet" ? await worksheet(session.id) : await call("GET", sessionPath(session.id, `code?form=${form}`));
    } catch (error) {
      if (!(error instanceof Refusal)) return; // the stream speaks of a lost server
      code = { form, refused: error.message };
    }
    if (number === asked && store.get().session?.id === session.id) store.set({ code });
  }

  /** The sheet that was chosen, with the address at which it opens. @param {string} id */
  async function worksheet(id) {
    const { sheet, focus, state } = store.get();
    const { blanks, density, seed, ...chosen } = sheet;
    const asked = { ...chosen, blanks: blanks.join(","), density, ...(density === "some" ? { seed } : {}), ...(focus === null ? {} : { example: focus }) };
    const address = sessionPath(id, `worksheet?${new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]))}`);
    const text = await call("GET", address, undefined, { accept: "text/plain" });
    return { form: "worksheet", sheet, text, address, name: `worksheet.${ENDINGS[sheet.form]}`, position: state?.position };
  }

  store.subscribe((now, before) => {
    if (!shown(now)) return;
    const chosen = now.form === "worksheet" && (now.sheet !== before.sheet || now.focus !== before.focus);
    const opened = now.panel !== before.panel || now.form !== before.form || now.session !== before.session || chosen;
    const moved = now.state !== before.state && !now.state?.running;
    if (opened) fetchCode();
    else if (moved) {
      clearTimeout(timer);
      timer = window.setTimeout(fetchCode, GAP);
    }
  });

  return {
    fetchCode,
    /** @param {string} form */
    showForm: (form) => store.set({ form }),
    /** @param {Partial<import("../types.js").Store["sheet"]>} choice */
    setSheet: (choice) => store.set({ sheet: { ...store.get().sheet, ...choice } }),
    /** @param {string} text @param {string} name */
    async copyText(text, name) {
      try {
        await navigator.clipboard.writeText(text);
        commands.say({ tone: "note", text: `${name} is copied.` });
      } catch {
        commands.say({ tone: "note", text: "This browser does not let a page copy: select the lines and copy them yourself." });
      }
    },
    /** @param {string} text @param {string} name */
    downloadText: (text, name) => download(new Blob([text], { type: "text/plain" }), name),
  };
}

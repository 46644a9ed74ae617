/** Use from a script: the very lines that drive the session on the screen. */

import { watch } from "../store.js";
import { element } from "./element.js";

/** @type {import("./panel.js").Panel} */
export const scriptPanel = { name: "script", label: "Script", title: "Use from a script", mount: mountScript };

/** @param {HTMLElement} root @param {import("../types.js").StoreHandle} store @param {import("../types.js").Commands} commands */
function mountScript(root, store, commands) {
  watch(store, ({ panel, session }) => [panel, session?.id], ({ panel, session }) => {
    if (panel !== "script" || !session) return;
    const at = `${location.origin}/api/sessions/${session.id}`;
    const bearer = `Authorization: Bearer ${session.token}`;
    root.replaceChildren(
      element("p", {}, "These lines drive the session on this screen; the page follows every step they make. Whoever has the token can do the same."),
      lines("In a terminal", [
        `curl -s -X POST ${at}/step -H '${bearer}' \\`,
        `  -H 'Content-Type: application/json' -d '{"unit": "op", "count": 1}'`,
        `curl -s ${at}/gradients -H '${bearer}'`,
      ], commands),
      lines("In Python", [
        "import json, urllib.request",
        "",
        "def call(method, path, body=None):",
        `    headers = {"Authorization": "Bearer ${session.token}", "Content-Type": "application/json"}`,
        "    data = None if body is None else json.dumps(body).encode()",
        `    request = urllib.request.Request("${at}" + path, data, headers, method=method)`,
        "    with urllib.request.urlopen(request) as answer:",
        "        return json.load(answer)",
        "",
        `print(call("POST", "/step", {"unit": "pass"})["sentence"])`,
        `print(call("GET", "/gradients")["gradients"])`,
      ], commands),
      element("p", {}, "Every call is described in ", element("a", { href: "/docs" }, "the reference"), "."),
    );
  });
}

/** @param {string} title @param {string[]} code @param {import("../types.js").Commands} commands */
function lines(title, code, commands) {
  const text = code.join("\n");
  const copy = element("button", { type: "button", class: "link", onclick: async () => {
    try {
      await navigator.clipboard.writeText(text);
      copy.textContent = "Copied";
    } catch {
      commands.say({ tone: "note", text: "This browser does not let a page copy: select the lines and copy them yourself." });
    }
  } }, "Copy");
  return element("section", { class: "lines" }, element("h3", {}, title, " ", copy), element("pre", { tabindex: 0 }, element("code", {}, text)));
}

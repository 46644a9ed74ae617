/** The very lines that drive the session on the screen, for a terminal and for Python. */

/** @param {string} origin @param {import("../types.js").Session} session */
export function terminalLines(origin, { id, token }) {
  const at = `${origin}/api/sessions/${id}`;
  const bearer = `Authorization: Bearer ${token}`;
  return [
    `curl -s -X POST ${at}/step -H '${bearer}' \\`,
    `  -H 'Content-Type: application/json' -d '{"unit": "op", "count": 1}'`,
    `curl -s ${at}/gradients -H '${bearer}'`,
    `curl -s '${at}/code?form=numpy' -H '${bearer}'`,
  ].join("\n");
}

/** @param {string} origin @param {import("../types.js").Session} session */
export function pythonLines(origin, { id, token }) {
  return [
    "import json, urllib.request",
    "",
    "def call(method, path, body=None):",
    `    headers = {"Authorization": "Bearer ${token}", "Content-Type": "application/json"}`,
    "    data = None if body is None else json.dumps(body).encode()",
    `    request = urllib.request.Request("${origin}/api/sessions/${id}" + path, data, headers, method=method)`,
    "    with urllib.request.urlopen(request) as answer:",
    "        return json.load(answer)",
    "",
    `print(call("POST", "/step", {"unit": "pass"})["sentence"])`,
    `print(call("GET", "/gradients")["gradients"])`,
  ].join("\n");
}

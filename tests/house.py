"""The rules of the house as functions: each takes a file's path and text and says what in it breaks the rule. tests/test_house.py holds every file to them."""

import ast
import re
import sys
from pathlib import PurePosixPath

LONGEST = 300
PURE = {"draw", "layout", "scale"}
LEAVES = {"types.js"}
IMPORTS = {
    "draw": PURE | LEAVES,
    "layout": PURE | LEAVES,
    "scale": PURE | LEAVES,
    "views": PURE | LEAVES | {"views", "store.js", "frame.js", "mathml.js"},
    "commands": LEAVES | {"commands", "api.js", "frame.js", "link.js", "store.js", "scale"},
    "laboratory.js": LEAVES | {"commands", "views", "store.js"},
    "main.js": LEAVES | {"commands", "views", "store.js", "api.js"},
}
OUTSIDE = re.compile(r"(?<![.\w$])(document|window|fetch|localStorage|sessionStorage|WebSocket|EventSource|navigator|location)\b(?!\s*:)")
IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']""", re.MULTILINE)
PLACES = re.compile(r"/(?:root|work|home|Users)/\w+")
HOSTS = re.compile("|".join(("python" + "hosted", r"pypi\." + "org", "registry" + r"\.npmjs", r"download\." + "pytorch", "index" + "-url")))
CLIENTS = re.compile(r"^(python-multipart|httpx2?|httpcore2?|requests|aiohttp|urllib3)==.*", re.MULTILINE)
PLAIN_ENGINE = re.compile(r"engine/(tape|program|op|arena)\.py|engine/(ops|formula)/")
KIND = "kind"


def engine_faults(path: str, source: str) -> list[str]:
    """The engine imports NumPy, pydantic (not under the tape, the program and the ops), and scikit-learn late, for its datasets."""
    allowed = {"numpy", "engine", *sys.stdlib_module_names} | (set() if PLAIN_ENGINE.match(path) else {"pydantic"})
    return [
        f"{path} imports {module}"
        for module, late in python_imports(path, source)
        if module.split(".")[0] not in allowed and not (late and path.startswith("engine/datasets/") and module.split(".")[0] == "sklearn")
    ]


def app_faults(path: str, source: str) -> list[str]:
    """The app knows the engine by its public names, and no arrays."""
    return [
        f"{path} imports {module}" for module, _ in python_imports(path, source) if module.split(".")[0] in ("numpy", "sklearn") or module.startswith("engine.")
    ]


def family_faults(path: str, source: str, siblings: str) -> list[str]:
    """A file of a family holds one component; one without is a base, and a sibling imports it."""
    found = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef) and any(map(_states_kind, node.body))]
    if len(found) > 1:
        return [f"{path} holds {len(found)} components: {', '.join(found)}"]
    module = path.removesuffix(".py").replace("/", ".")
    return [] if found or f"from {module} import" in siblings else [f"{path} holds no component, and none of its family is built on it"]


def script_faults(path: str, source: str) -> list[str]:
    """main → views → draw, layout, scale; commands → api, frame; only commands write the store; draw, layout and scale touch nothing outside."""
    code = _without_comments(source)
    folder = _place(path)
    faults = []
    for name in map("".join, IMPORT.findall(code)):
        if not name.startswith("."):
            faults.append(f"{path} imports {name}, which is not a file of ours")
        elif (to := _place(_join(path, name))) not in IMPORTS.get(folder, LEAVES):
            faults.append(f"{path} imports {to}")
    if folder in PURE and (outside := OUTSIDE.search(_without_strings(code))):
        faults.append(f"{path} is pure and reaches for {outside[1]}")
    if folder in PURE | {"views"} and re.search(r"\bstore\.set\(", code):
        faults.append(f"{path} writes the store")
    return faults


def length_faults(path: str, source: str) -> list[str]:
    """A longer file holds two ideas."""
    lines = len(source.splitlines())
    return [f"{path} has {lines} lines; more than {LONGEST} hold two ideas"] if lines > LONGEST else []


def place_faults(path: str, text: str) -> list[str]:
    """Nothing in the repository names a machine's folders or a registry's host."""
    return [f"{path} holds {found[0]}" for pattern in (PLACES, HOSTS) for found in pattern.finditer(text)]


def lock_faults(path: str, text: str) -> list[str]:
    """A lock names no address, and everything in it has a hash."""
    unhashed = [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#")) and not line.endswith("\\")]
    return [f"{path} holds {found}" for found in [*re.findall(r"https?://\S+|file:\S+|^-\S*.*", text, re.MULTILINE), *unhashed]]


def client_faults(path: str, text: str) -> list[str]:
    """The server reads no multipart forms and fetches no address, so neither kind of package is among its own."""
    return [f"{path} installs {found[1]}" for found in CLIENTS.finditer(text)]


def python_imports(path: str, source: str) -> list[tuple[str, bool]]:
    """Each module that a Python source imports, and whether it does so late, in a function."""
    tree = ast.parse(source)
    late = {id(node) for outer in ast.walk(tree) if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(outer)}
    package = PurePosixPath(path).parent.parts
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in late) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            found.append((".".join([*above, *([node.module] if node.module else [])]), id(node) in late))
    return found


def _states_kind(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == KIND and node.value is not None


def _without_comments(source: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", source, flags=re.DOTALL)


def _without_strings(code: str) -> str:
    return re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", '""', code)


def _place(path: str) -> str:
    return path.split("static/js/")[-1].split("/")[0]


def _join(path: str, name: str) -> str:
    parts = list(PurePosixPath(path).parent.parts)
    for part in name.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)

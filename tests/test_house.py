"""The rules of the house: who may import whom, how long a file may be, what may not stand in the repository."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 300
PURE = ("draw", "layout", "scale")
IMPURE = re.compile(r"\b(document|window|fetch|localStorage|WebSocket)\b")
MADE = re.compile(r"(^|/)(\.git|\.venv[^/]*|\.cache|__pycache__|node_modules|\.(mypy|ruff|pytest)_cache|\.hypothesis)(/|$)")
STANDARD = set(sys.stdlib_module_names)


def files(folder: str, *endings: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in endings and "__pycache__" not in path.parts)


def imports(source: str) -> list[tuple[str, list[str], bool]]:
    """Each import of a Python source: the module, the names, and whether it stands inside a function."""
    tree = ast.parse(source)
    inside = {id(node) for outer in ast.walk(tree) if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(outer)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, [], id(node) in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", [alias.name for alias in node.names], id(node) in inside))
    return found


def engine_faults(path: str, source: str) -> list[str]:
    allowed = {"numpy", "engine", *STANDARD} | (set() if re.search(r"engine/(tape|program|op|arena)\.py|engine/(ops|formula)/", path) else {"pydantic"})
    return [
        f"{path} imports {module}"
        for module, _, lazy in imports(source)
        if module.split(".")[0] not in allowed and not (lazy and "engine/datasets/" in path and module.startswith("sklearn"))
    ]


def app_faults(path: str, source: str) -> list[str]:
    return [f"{path} imports {module}" for module, _, _ in imports(source) if module.split(".")[0] in ("numpy", "sklearn") or module.startswith("engine.")]


def script_faults(path: str, source: str) -> list[str]:
    folder = path.split("static/js/")[1].split("/")[0]
    targets = re.findall(r"""(?:from|import)\s+["'](\.[^"']+)["']""", source)
    faults = []
    for target in targets:
        place = (Path(path).parent / target).as_posix()
        place = _normal(place)
        to = place.split("static/js/")[1].split("/")[0]
        if folder in PURE and to not in PURE:
            faults.append(f"{path} is pure and imports {to}")
        if to == "api.js" and folder not in ("commands", "main.js"):
            faults.append(f"{path} imports the network")
        if folder == "views" and to in ("commands", "frame.js") and to != "frame.js":
            faults.append(f"{path} imports commands: they are given to it")
    without_comments = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.S)
    if folder in PURE and IMPURE.search(without_comments):
        faults.append(f"{path} is pure and touches the page")
    return faults


def _normal(place: str) -> str:
    parts: list[str] = []
    for part in place.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def text_faults(path: str, text: str) -> list[str]:
    return [f"{path} holds {found}" for found in re.findall(r"/(?:root|work|farm)/\w+|pythonhosted|pypi\.org|registry\.npmjs", text)]


def lock_faults(path: str, text: str) -> list[str]:
    return [f"{path} holds {found}" for found in re.findall(r"^(?:(?:python-multipart|httpx2?|requests|aiohttp)==.*)|https?://\S+|file:\S+", text, re.M)]


def tracked() -> list[str]:
    """The names of the repository's files: what git lists, or in a copy without its history every file outside made folders."""
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        return answer.stdout.splitlines()
    return [name for name in (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")) if not MADE.search(name)]


@pytest.mark.parametrize("path", files("engine", ".py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_engine_knows_nothing_of_the_web(path: Path) -> None:
    assert engine_faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", files("app", ".py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_app_knows_only_the_engines_public_names(path: Path) -> None:
    assert app_faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", files("static", ".js"), ids=lambda path: str(path.relative_to(ROOT)))
def test_scripts_import_downwards(path: Path) -> None:
    assert script_faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "path",
    [path for folder in ("engine", "app", "static", "tests", "benchmarks") for path in files(folder, ".py", ".js", ".css")] + [ROOT / "dev.py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_nothing_of_any_machine_is_kept() -> None:
    names = [name for name in tracked() if not name.endswith((".png", "test_house.py")) and (ROOT / name).is_file()]
    assert names
    assert [fault for name in names for fault in text_faults(name, (ROOT / name).read_text("utf-8"))] == []


def test_no_form_reader_and_no_client_is_installed() -> None:
    """There are no uploads as forms, and the server never fetches an address."""
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert lock_faults("requirements.lock", locked) == []
    found = re.search(r"^starlette==(\d+)\.(\d+)\.(\d+)", locked, re.M)
    assert found and tuple(map(int, found.groups())) >= (1, 0, 1)


def test_every_rule_can_fail() -> None:
    assert engine_faults("engine/session.py", "import fastapi") and engine_faults("engine/op.py", "import pydantic")
    assert engine_faults("engine/datasets/iris.py", "import sklearn") and not engine_faults("engine/datasets/iris.py", "def f():\n import sklearn")
    assert app_faults("app/main.py", "import numpy") and app_faults("app/main.py", "from engine.tape import Tape")
    assert script_faults("static/js/draw/a.js", 'import { x } from "../store.js";') and script_faults("static/js/draw/a.js", "document.title")
    assert script_faults("static/js/views/a.js", 'import { call } from "../api.js";')
    assert text_faults("a", "/root" + "/x") and text_faults("a", "https://pypi" + ".org/simple")
    assert lock_faults("a", "numpy==2.4.6\npython-multipart==0.0.20") and lock_faults("a", "--index-url https://example.org")

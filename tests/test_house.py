"""Every file keeps the rules of the house; and every rule can be broken, or it would prove nothing."""

import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.house import (
    app_faults,
    client_faults,
    engine_faults,
    family_faults,
    length_faults,
    lock_faults,
    place_faults,
    script_faults,
)

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("layers", "losses", "optimizers", "clips", "datasets", "features", "initializers", "schedules", "breakpoints", "bugs", "tasks", "remedies")
MADE = re.compile(r"(^|/)(\.git|\.venv[^/]*|\.cache|__pycache__|node_modules|\.(mypy|ruff|pytest)_cache|\.hypothesis)(/|$)")
PICTURES = (".png", ".ico", ".woff2")
Rule = Callable[[str, str], list[str]]


def files(*folders: str, endings: tuple[str, ...]) -> list[str]:
    """The names of the files under some folders."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in endings]
    return sorted(name for name in (path.relative_to(ROOT).as_posix() for path in found) if not MADE.search(name))


def read(name: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / name).read_text("utf-8")


def tracked() -> list[str]:
    """The names of the repository's files: what git lists, or in a copy without its history every file outside made folders."""
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode == 0:
        return answer.stdout.splitlines()
    return [name for name in (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")) if not MADE.search(name)]


@pytest.mark.parametrize("name", files("engine", endings=(".py",)))
def test_the_engine_knows_nothing_of_the_web(name: str) -> None:
    assert engine_faults(name, read(name)) == []


@pytest.mark.parametrize("name", files("app", endings=(".py",)))
def test_the_app_knows_only_the_engines_public_names(name: str) -> None:
    assert app_faults(name, read(name)) == []


@pytest.mark.parametrize("name", [name for name in files(*(f"engine/{family}" for family in FAMILIES), endings=(".py",)) if not name.endswith("/__init__.py")])
def test_a_file_of_a_family_holds_one_component(name: str) -> None:
    siblings = "\n".join(path.read_text("utf-8") for path in (ROOT / name).parent.glob("*.py"))
    assert family_faults(name, read(name), siblings) == []


@pytest.mark.parametrize("name", files("static/js", endings=(".js",)))
def test_scripts_import_downwards(name: str) -> None:
    assert script_faults(name, read(name)) == []


@pytest.mark.parametrize("name", [*files("engine", "app", "static", "tests", "benchmarks", "docs", endings=(".py", ".js", ".css")), "dev.py"])
def test_a_file_holds_one_idea(name: str) -> None:
    assert length_faults(name, read(name)) == []


def test_nothing_of_any_machine_is_kept() -> None:
    names = [name for name in tracked() if not name.endswith(PICTURES) and (ROOT / name).is_file()]
    assert names
    assert [fault for name in names for fault in place_faults(name, read(name))] == []


def test_the_locks_hold_hashes_and_no_address() -> None:
    assert lock_faults("requirements.lock", read("requirements.lock")) == []
    assert lock_faults("requirements-dev.lock", read("requirements-dev.lock")) == []
    assert client_faults("requirements.lock", read("requirements.lock")) == []


def test_the_locks_follow_from_the_project() -> None:
    """Every requirement is locked at a version that satisfies it, and both locks agree."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    running, developing = versions("requirements.lock"), versions("requirements-dev.lock")
    assert running.items() <= developing.items()
    wanted = [*((text, running) for text in project["dependencies"]), *((text, developing) for text in project["optional-dependencies"]["dev"])]
    for requirement, locked in ((Requirement(text), locked) for text, locked in wanted):
        assert requirement.name in locked, f"{requirement} is not locked; run: python3 dev.py lock"
        assert requirement.specifier.contains(locked[requirement.name]), f"{requirement} is locked at {locked[requirement.name]}; run: python3 dev.py lock"


def test_starlette_reads_hosts_rightly() -> None:
    """Before 1.0.1, a Host header could poison a request's address."""
    assert versions("requirements.lock")["starlette"] >= Version("1.0.1")


def versions(lock: str) -> dict[str, Version]:
    """What a lock names."""
    return {name: Version(number) for name, number in re.findall(r"^([a-z0-9-]+)==(\S+)", read(lock), re.MULTILINE)}


@pytest.mark.parametrize(
    "rule, name, text",
    [
        (engine_faults, "engine/session.py", "import fastapi"),
        (engine_faults, "engine/session.py", "def f():\n    import sklearn"),
        (engine_faults, "engine/op.py", "from pydantic import Field"),
        (engine_faults, "engine/ops/affine.py", "import pydantic"),
        (engine_faults, "engine/datasets/iris.py", "import sklearn"),
        (app_faults, "app/main.py", "import numpy"),
        (app_faults, "app/main.py", "def f():\n    from engine.tape import Tape"),
        (app_faults, "app/routes/x.py", "from ...engine.tape import Tape"),
        (script_faults, "static/js/draw/a.js", 'import { x } from "../store.js";'),
        (script_faults, "static/js/layout/a.js", 'import { x } from "../views/a.js";'),
        (script_faults, "static/js/scale/a.js", "export const a = document.title;"),
        (script_faults, "static/js/draw/a.js", "await fetch(x);"),
        (script_faults, "static/js/views/a.js", 'import { call } from "../api.js";'),
        (script_faults, "static/js/views/a.js", 'import { x } from "../commands/a.js";'),
        (script_faults, "static/js/views/a.js", "store.set({ a: 1 });"),
        (script_faults, "static/js/commands/a.js", 'import { x } from "../views/a.js";'),
        (script_faults, "static/js/views/a.js", 'import {\n  x,\n} from "../api.js";'),
        (script_faults, "static/js/views/a.js", 'const x = await import("../api.js");'),
        (script_faults, "static/js/store.js", 'import { call } from "./api.js";'),
        (script_faults, "static/js/main.js", 'import x from "https://example.org/x.js";'),
        (length_faults, "a.py", "\n" * 301),
        (place_faults, "a", "in /root" + "/x"),
        (place_faults, "a", "from pypi" + ".org"),
        (lock_faults, "a", "x==1 \\\n    --hash=sha256:0\n--extra-index https://example.org"),
        (lock_faults, "a", "x==1"),
        (client_faults, "a", "python-multipart==0.0.20 \\"),
        (client_faults, "a", "a==1\nhttpx==1"),
    ],
)
def test_each_rule_can_be_broken(rule: Rule, name: str, text: str) -> None:
    assert rule(name, text) != []


@pytest.mark.parametrize(
    "rule, name, text",
    [
        (engine_faults, "engine/datasets/iris.py", "import numpy\nfrom engine.rows import Rows\n\ndef f():\n    from sklearn import datasets"),
        (app_faults, "app/main.py", "from engine import Session\nimport fastapi"),
        (
            script_faults,
            "static/js/draw/a.js",
            '// the window\nimport { x } from "../scale/a.js";\nconst label = "read from";\nh("document");\nbox.window = 1;',
        ),
        (script_faults, "static/js/views/a.js", '/** @type {import("../commands/a.js").A} */\nimport { x } from "./b.js";'),
        (lock_faults, "a", "# made\nx==1 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n    # via y"),
        (length_faults, "a.py", "\n" * 300),
    ],
)
def test_no_rule_forbids_what_is_right(rule: Rule, name: str, text: str) -> None:
    assert rule(name, text) == []


def test_a_family_tells_its_components_from_its_bases() -> None:
    one, two = 'class A(Layer):\n    kind: Literal["a"] = "a"\n', 'class B(Layer):\n    kind: Literal["b"] = "b"\n'
    assert family_faults("engine/layers/a.py", one, "") == []
    assert family_faults("engine/layers/a.py", one + two, "") != []
    assert family_faults("engine/layers/base.py", "class Base: ...", "from engine.layers.base import Base") == []
    assert family_faults("engine/layers/lost.py", "class Lost: ...", "") != []

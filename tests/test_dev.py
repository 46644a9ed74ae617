"""The developer command: what it says where it cannot go on, and what it runs where it can."""

import ast
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dev

OLD = """
import collections, runpy, sys
sys.version_info = collections.namedtuple("V", "major minor micro releaselevel serial")(3, {minor}, 0, "final", 0)
sys.argv = ["dev.py", "serve"]
runpy.run_path("dev.py", run_name="__main__")
"""


def answer(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=dev.ROOT, capture_output=True, text=True, env={**os.environ, **environment}, timeout=60, check=False)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """A machine of which each part can be taken away; commands are written down and not run."""
    state: dict[str, Any] = {"programs": {}, "works": False, "makes": True, "ran": [], "codes": {}, "venv": tmp_path / "venv"}

    def run(*command: str, quiet: bool = False) -> int:
        state["ran"].append(command)
        if "venv" in command:
            state["venv"].mkdir()
        return next((code for part, code in state["codes"].items() if part in command), 0)

    monkeypatch.setattr(dev, "run", run)
    monkeypatch.setattr(dev, "works", lambda venv: state["works"])
    monkeypatch.setattr(dev, "can_make_environments", lambda: state["makes"])
    monkeypatch.setattr(dev.shutil, "which", lambda name: state["programs"].get(name))
    return state


@pytest.mark.parametrize("minor", [8, 9, 10])
def test_an_older_python_is_told_what_is_needed(minor: int) -> None:
    found = answer(sys.executable, "-c", OLD.format(minor=minor))
    assert found.returncode == 1 and found.stdout == ""
    assert found.stderr.startswith(f"Backprop Lab needs Python 3.11 or newer, and this is 3.{minor}.") and found.stderr.count("\n") == 1


def test_it_starts_on_python_3_8() -> None:
    """So far at least as to say that."""
    ast.parse((dev.ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 8))


def test_a_command_that_is_none_is_refused_with_those_there_are() -> None:
    found = answer(sys.executable, "dev.py", "sevre")
    assert found.returncode == 1 and "'sevre'" in found.stderr and "serve" in found.stderr
    listed = answer(sys.executable, "dev.py", "--help")
    assert listed.returncode == 0 and all(name in listed.stdout for name in dev.COMMANDS)


def test_a_python_without_ensurepip_is_told_the_one_line_to_run(tmp_path: Path) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError", "utf-8")
    venv = str(tmp_path / "none")
    code = f"import dev, pathlib; dev.shutil.which = lambda name: None; raise SystemExit(dev.prepare('requirements.lock', pathlib.Path({venv!r})))"
    found = answer(sys.executable, "-c", code, PYTHONPATH=str(tmp_path))
    assert found.returncode == 1
    assert found.stderr == f"This Python cannot make an environment; run: sudo apt install python3.{sys.version_info[1]}-venv\n"


def test_pip_installs_what_the_lock_names_with_its_hashes(machine: dict[str, Any]) -> None:
    assert dev.prepare("requirements.lock", machine["venv"]) == 0
    make, install = machine["ran"]
    assert make == (sys.executable, "-m", "venv", str(machine["venv"]))
    assert install[1:4] == ("-m", "pip", "install") and install[-3:] == ("--require-hashes", "-r", "requirements.lock")


def test_uv_does_where_it_is_on_the_path(machine: dict[str, Any]) -> None:
    machine["programs"]["uv"] = "/somewhere/uv"
    machine["makes"] = False
    assert dev.prepare("requirements.lock", machine["venv"]) == 0
    make, install = machine["ran"]
    assert make[:2] == ("/somewhere/uv", "venv") and sys.executable in make
    assert install[:3] == ("/somewhere/uv", "pip", "install") and install[-3:] == ("--require-hashes", "-r", "requirements.lock")


def test_what_is_there_already_is_left_alone(machine: dict[str, Any]) -> None:
    """Until the lock is another one; and the lock of the tests has the other one's packages in it."""
    dev.prepare("requirements-dev.lock", machine["venv"])
    machine["works"] = True
    machine["ran"].clear()
    assert dev.prepare("requirements-dev.lock", machine["venv"]) == dev.prepare("requirements.lock", machine["venv"]) == 0
    assert machine["ran"] == []
    stamp = machine["venv"] / "requirements.lock.sha256"
    assert stamp.read_text() == hashlib.sha256((dev.ROOT / "requirements.lock").read_bytes()).hexdigest()
    stamp.write_text("of another lock")
    assert dev.prepare("requirements.lock", machine["venv"]) == 0
    assert any("install" in command for command in machine["ran"])


def test_what_could_not_be_installed_is_tried_again(machine: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    machine["codes"]["install"] = 1
    assert dev.prepare("requirements.lock", machine["venv"]) == 1
    assert "Not everything that requirements.lock names could be installed" in capsys.readouterr().err
    assert not (machine["venv"] / "requirements.lock.sha256").exists()


def test_locks_are_written_by_uv_alone(machine: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.lock([]) == 1 and "pip install uv" in capsys.readouterr().err
    machine["programs"]["uv"] = "uv"
    assert dev.lock([]) == 0
    assert all({"--universal", "--generate-hashes"} <= set(command) for command in machine["ran"])


def test_a_browser_that_does_not_start_is_named(machine: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CHROMIUM", "/somewhere/chromium")
    assert dev.browser() == 1 and "/somewhere/chromium" in capsys.readouterr().err


def test_without_any_browser_the_tests_do_not_pass(machine: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Playwright's own is tried, then the system's; in the end one sentence and a failure."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(dev, "bundled", lambda: None)
    assert dev.browser() == 1
    assert "need a Chromium" in capsys.readouterr().err
    assert any("playwright" in command for command in machine["ran"])


def test_peers_are_installed_when_asked_and_named_when_missing(
    machine: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Into an environment of their own; what is asked of the benchmark itself is passed on."""
    monkeypatch.setattr(dev, "BENCH", machine["venv"])
    monkeypatch.setattr(dev, "prepare", lambda lock, venv: 0)
    machine["works"] = True
    assert dev.bench(["--with-peers", "--rounds", "3"]) == 0
    installed = next(command for command in machine["ran"] if "install" in command)
    assert {f"{name}=={version}" for name, version in dev.PEERS.items()} <= set(installed) and str(machine["venv"]) in installed[0]
    assert machine["ran"][-1][1:] == ("-m", "benchmarks", "--rounds", "3")
    assert capsys.readouterr().out == ""
    machine["codes"]["-c"] = 1
    dev.bench([])
    assert "torch, jax, autograd" in capsys.readouterr().out

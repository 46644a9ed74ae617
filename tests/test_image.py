"""The image: what its recipe copies is all that the server needs, and it runs as nobody in particular, from a tree that it cannot write."""

import os
import re
import shutil
import subprocess
import sys
import urllib.request
from itertools import pairwise
from pathlib import Path

import dev
from app.settings import cache_folder
from tests.image import HARDENED, MEMORY, asked

RECIPE = (dev.ROOT / "Dockerfile").read_text("utf-8")
COPIED = re.findall(r"^COPY (?!--from)(\S+) ", RECIPE, re.MULTILINE)


def test_the_recipe_keeps_its_promises() -> None:
    """Two stages of a slim Python, packages by hash and none of the system's, a user of its own, a check of its health, an end that is asked for; shut."""
    stages = RECIPE.split("\nFROM ")
    assert len(stages) == 3 and "-slim" in stages[0] and "apt" not in RECIPE
    assert "--open" not in RECIPE
    assert "--require-hashes" in stages[1] and "pip" not in stages[2]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", stages[2], re.MULTILINE)
    assert "HEALTHCHECK" in stages[2] and '"app", "health"' in stages[2] and "BACKPROP_LAB_PORT" in stages[2] and "STOPSIGNAL SIGTERM" in stages[2]


def test_it_is_tried_with_what_a_class_starts_it_with() -> None:
    """Read-only, without capabilities, within its memory, at an address that the teacher names; and the part of the memory is the profile's."""
    assert asked("read_only") == "true" and asked("ports").startswith("${BACKPROP_LAB_ADDRESS:-127.0.0.1}:")
    options = dict(pairwise(HARDENED))
    assert (options["--tmpfs"], options["--cap-drop"], options["--security-opt"], options["--pids-limit"]) == ("/tmp", "all", "no-new-privileges", "128")
    assert options["--volume"].endswith(":/data") and options["--memory"] == "2g" and MEMORY == 2 * 2**30


def test_what_it_copies_is_let_through() -> None:
    """The ignore file lets through what the recipe copies, all of which is there, and nothing else."""
    ignored = (dev.ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*" and {f"!{name}" for name in COPIED} == {line for line in ignored if line.startswith("!")}
    assert all((dev.ROOT / name).exists() for name in COPIED)


def test_what_it_copies_is_enough(tmp_path: Path) -> None:
    """A server in a folder with nothing else, whose files cannot be written, answers, is well by its own account, and ends with 0 when asked."""
    for name in COPIED:
        source = dev.ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    for path in (*tmp_path.rglob("*"), tmp_path):
        path.chmod(0o555 if path.is_dir() else 0o444)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "BACKPROP_LAB_CACHE": str(cache_folder()), "PYTHONPATH": ""}
    command = [sys.executable, "-m", "app", "serve", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stderr
        address = server.stdout.readline().rpartition(" ")[2].strip()
        for page in ("/", "/docs", "/api/catalog", "/api/presets", "/health"):
            with urllib.request.urlopen(address + page) as answer:
                assert answer.status == 200
        health = [sys.executable, "-m", "app", "health"]
        assert subprocess.run(health, cwd=tmp_path, env={**environment, "BACKPROP_LAB_PORT": address.rpartition(":")[2]}, check=False).returncode == 0
        server.terminate()
        assert server.stderr.read() == ""
    assert server.returncode == 0

"""What the README shows runs as it stands there, pasted into a terminal or saved as a file, against a real server."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

PRINTED = "http://127.0.0.1:8000"
"""The address that the README writes, and that stands for the server's own here."""


def block(language: str, starts: str, address: str) -> str:
    """One of the README's blocks of code."""
    found = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    text: str = next(text for text in found if text.startswith(starts))
    return text.replace(PRINTED, address).replace(PRINTED.removeprefix("http://"), address.removeprefix("http://"))


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="the example for the terminal needs bash and curl")
def test_the_lines_for_a_terminal(address: str, tmp_path: Path) -> None:
    """The numbers in its comments are those that come."""
    script = block("sh", "LAB=", address)
    answer = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert answer.stderr == ""
    loss, weight = re.findall(r"# loss ([\d.]+)…|is ([\d.]+)…", script)
    assert f'"loss":{loss[0]}' in answer.stdout
    assert f'"2.W":[[{weight[1]}' in answer.stdout
    assert "event: frame" in answer.stdout and '"gradients"' in answer.stdout


def test_the_client_in_python(address: str, tmp_path: Path) -> None:
    """Thirty lines at most; events first, then frames of every parameter, for as long as one looks."""
    source = block("python", "import", address)
    assert sum(bool(line.strip()) for line in source.splitlines()) <= 30
    (tmp_path / "client.py").write_text(source, "utf-8")
    client = subprocess.Popen([sys.executable, "-u", "client.py"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert client.stdout
    try:
        lines = [client.stdout.readline().split() for _ in range(30)]
    finally:
        client.kill()
        client.wait()
        client.stdout.close()
    assert [line[0] for line in lines] == sorted(line[0] for line in lines), lines
    assert {line[2] for line in lines if line[0] == "frame"} == {"0.W", "0.b", "2.W", "2.b", "4.W", "4.b"}
    updates = [int(line[1]) for line in lines]
    assert updates == sorted(updates) and updates[-1] > updates[0]

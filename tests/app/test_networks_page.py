"""What docs/networks.md shows runs as it stands there, pasted into a terminal against a real server; every preset and panel that it names is there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import ROOT
from engine import presets
from tests.app.test_readme import PRINTED

PAGE = (ROOT / "docs/networks.md").read_text("utf-8")
HEAD, *BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
PLAIN = {"two_moons", "spiral", "xor", "worked_example", "iris", "wine", "digits", "vanishing", "exploding"}
"""Presets that are layers one behind the other, and no network of their own kind."""


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="the examples for the terminal need bash and curl")
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split()[1] if block.startswith("preset") else "normalization")
def test_the_calls_give_the_numbers_beside_them(address: str, tmp_path: Path, block: str) -> None:
    """Each line's answer has what its comment says, up to the dots."""
    calls = [line.partition(" # ")[0].rstrip() + ("; echo" if " # " in line else "") for line in block.splitlines()]
    script = HEAD.replace(PRINTED, address) + "\n".join(calls)
    answer = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert answer.stderr == ""
    said = [line.partition(" # ")[2].strip().removesuffix("…") for line in block.splitlines() if " # " in line]
    answers = answer.stdout.splitlines()
    assert len(answers) == len(said) > 1
    for expected, came in zip(said, answers, strict=True):
        assert expected in came, f"{expected} is not in {came[:400]}"


def test_every_kind_of_network_is_there_by_the_name_of_its_preset() -> None:
    """In the words of the list, and once more for the calls."""
    for preset in presets():
        assert preset["name"] in PLAIN or f"*{preset['title']}*" in PAGE, preset["title"]
    assert set(re.findall(r"^preset (\w+)$", PAGE, re.MULTILINE)) <= {preset["name"] for preset in presets()}


@pytest.mark.parametrize("panel", ["Inside", "Attention", "Latent"])
def test_the_panels_have_these_names(panel: str) -> None:
    """As the top bar writes them."""
    assert f"**{panel}**" in PAGE
    assert any(f'label: "{panel}"' in path.read_text("utf-8") for path in (ROOT / "static/js/views").glob("*.js"))

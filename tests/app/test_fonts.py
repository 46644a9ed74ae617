"""The fonts are cut once, whole, with every character that the page sets; and where nothing can be kept they are there all the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from app.fonts import SOURCES, _recipe, font_file, font_files

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"source-sans-400.woff2", "source-sans-600.woff2", "stix-two-math.woff2"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which two processes that started at once have made the fonts."""
    made = tmp_path_factory.mktemp("cache")
    code = "from app.fonts import font_files; font_files()"
    environment = {**os.environ, "BACKPROP_LAB_CACHE": str(made)}
    both = [subprocess.Popen([sys.executable, "-W", "error", "-c", code], cwd=ROOT, env=environment) for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    return made


def test_two_starts_at_once_leave_whole_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No unfinished file stays, and the next start takes those that are there."""
    monkeypatch.setenv("BACKPROP_LAB_CACHE", str(folder))
    before = {path.name: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert before.keys() == NAMES == SOURCES.keys()
    assert {name: path.stat().st_mtime_ns for name, path in font_files().items()} == before


def test_anybody_may_read_them(folder: Path) -> None:
    """An image is built by one user and run by another."""
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*.woff2")} == {0o644}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_they_are_small_and_hold_what_the_page_sets(folder: Path, name: str) -> None:
    """Letters of two alphabets, signs, indices; and figures of one width."""
    path = folder / f"fonts-{_recipe()}" / name
    font = TTFont(path)
    characters = font.getBestCmap()
    assert path.stat().st_size < 150_000
    missing = [sign for sign in "aZéœσθηδΣ0123456789−×·÷±≈≠≤≥→←↑↓∂√∞…‖₀₁₂₃₉⁰¹²⁻⁸" if ord(sign) not in characters]
    assert missing == ([] if name.startswith("stix") else [sign for sign in missing if sign in "‖⁻"])
    assert len({font["hmtx"][characters[ord(figure)]][0] for figure in "0123456789"}) == 1


def test_the_math_font_can_set_mathematics(folder: Path) -> None:
    """It keeps the table that stretches brackets and roots, and the italic letters, h among them."""
    font = TTFont(folder / f"fonts-{_recipe()}" / "stix-two-math.woff2")
    assert "MATH" in font
    assert font["MATH"].table.MathVariants.VertGlyphCount > 20
    assert all(ord(sign) in font.getBestCmap() for sign in "𝑎𝑥𝑧ℎ𝑊𝐴𝐱𝜎𝜕ℒℓ∇∥⊙⊤⟨⟩")


def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The font is kept for as long as the process runs."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("BACKPROP_LAB_CACHE", str(tmp_path / "file" / "cache"))
    made = font_file("source-sans-400.woff2")
    assert made.read_bytes()[:4] == b"wOF2"
    assert font_file("source-sans-400.woff2") == made


def test_there_is_no_other_font() -> None:
    with pytest.raises(KeyError):
        font_file("../settings.py")

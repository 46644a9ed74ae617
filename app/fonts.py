"""The page's fonts, cut from installed packages to the characters that it uses, and kept in the cache folder.

Cutting all three takes about two seconds, once: call `font_files` in a thread when the server starts.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from threading import Lock

from app.settings import cache_folder

FEATURES = ["ccmp", "kern", "liga", "lnum", "locl", "mark", "mkmk", "ssty", "tnum"]  # Source Sans' plain figures are tabular and lining already
LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
GREEK = range(0x370, 0x400)
SMALL = [*range(0x2070, 0x20A0), *range(0x1D2C, 0x1D6B), 0x02E3]
MARKS = [*range(0x2010, 0x2040), *range(0x2190, 0x21A0), 0x2202, 0x2207, 0x220F, 0x2211, 0x2212, 0x2215, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265,
         0x25B2, 0x25B4, 0x25B6, 0x25BC, 0x25BE, 0x25CB, 0x25CF, 0x2713, 0x2717]  # fmt: skip
TEXT = [*LATIN, *GREEK, *SMALL, *MARKS]
# A browser sets a single letter in MathML as its italic; the italic h stands at U+210E, apart from its alphabet.
ITALIC_AND_BOLD = [*range(0x1D400, 0x1D468), 0x1D6A4, 0x1D6A5, *range(0x1D6E2, 0x1D71C)]
SCRIPT = [*range(0x1D49C, 0x1D4B6), *range(0x2100, 0x2140)]
MATH = [*TEXT, *range(0x2200, 0x2300), 0x27E8, 0x27E9, *ITALIC_AND_BOLD, *SCRIPT]
SOURCES = {
    "source-sans-400.woff2": ("font-source-sans-pro", "font_source_sans_pro/files/SourceSansPro-Regular.ttf", TEXT),
    "source-sans-600.woff2": ("font-source-sans-pro", "font_source_sans_pro/files/SourceSansPro-Semibold.ttf", TEXT),
    "stix-two-math.woff2": ("ziamath", "ziamath/fonts/STIXTwoMath-Regular.ttf", MATH),
}
_one_at_a_time = Lock()


def font_files() -> dict[str, Path]:
    """Every font's file by its name; those that are not there yet are made."""
    return {name: font_file(name) for name in SOURCES}


def font_file(name: str) -> Path:
    """The file of one font, made when first asked for; raises KeyError for a name that is not ours."""
    kept = cache_folder() / f"fonts-{_recipe()}" / name
    if kept.exists():
        return kept
    with _one_at_a_time:
        try:
            return _made(name, kept)
        except OSError:  # the cache cannot be written: keep it for as long as this process runs
            return _made(name, _passing_folder() / name)


def _made(name: str, place: Path) -> Path:
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        _cut(name, place)
    return place


def _cut(name: str, made: Path) -> None:
    """Write a font beside its place, then move it there at once: another process sees all of it or nothing."""
    from fontTools import subset

    package, source, characters = SOURCES[name]
    options = subset.Options(flavor="woff2", layout_features=FEATURES, notdef_outline=True, hinting=package != "ziamath")
    handle, unfinished = tempfile.mkstemp(dir=made.parent, suffix=".part")
    os.close(handle)
    try:
        with subset.load_font(str(distribution(package).locate_file(source)), options) as font:
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=characters)
            cutter.subset(font)
            subset.save_font(font, unfinished, options)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(made)
    finally:
        Path(unfinished).unlink(missing_ok=True)


@cache
def _recipe() -> str:
    """A name for how the fonts are cut and from what, so that no file of an older recipe is taken for a new one."""
    packages = {package: version(package) for package in ("fonttools", "font-source-sans-pro", "ziamath")}
    return hashlib.sha256(repr((SOURCES, FEATURES, packages)).encode()).hexdigest()[:12]


@cache
def _passing_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="backprop-lab-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder

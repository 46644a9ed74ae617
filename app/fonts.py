"""The page's fonts, cut from installed packages to the characters that it uses, and kept in the cache folder."""

import os
import tempfile
from importlib.resources import files
from pathlib import Path

from app.settings import cache_folder

TEXT = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x370, 0x400), *range(0x2010, 0x2040), *range(0x2070, 0x20A0), 0x2190, 0x2191, 0x2192, 0x2193,
        0x2202, 0x2207, 0x2212, 0x2215, 0x221A, 0x221E, 0x2248, 0x2260, 0x2264, 0x2265, 0x2713, 0x25CF, 0x25CB, 0x25B6, 0x2016]  # fmt: skip
MATH = [*TEXT, *range(0x2200, 0x2300), *range(0x27C0, 0x2800), *range(0x1D400, 0x1D800), 0x1D40, 0x1D0B]
SOURCES = {
    "source-sans-400.woff2": ("font_source_sans_pro", "files/SourceSansPro-Regular.ttf", TEXT),
    "source-sans-600.woff2": ("font_source_sans_pro", "files/SourceSansPro-Semibold.ttf", TEXT),
    "stix-two-math.woff2": ("ziamath", "fonts/STIXTwoMath-Regular.ttf", MATH),
}


def font_file(name: str) -> Path:
    """The file of one font, made when first asked for; raises KeyError for a name that is not ours."""
    package, source, characters = SOURCES[name]
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if not writable and not (folder / name).exists():
        folder = Path(tempfile.gettempdir()) / "backprop-lab"
        folder.mkdir(exist_ok=True)
    made = folder / name
    if not made.exists():
        _subset(str(files(package) / source), characters, made)
    return made


def _subset(source: str, characters: list[int], made: Path) -> None:
    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "tnum", "lnum", "ssty", "mark", "mkmk", "ccmp"], notdef_outline=True)
    options.drop_tables += ["DSIG"]
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    handle, temporary = tempfile.mkstemp(dir=made.parent, suffix=".part")
    os.close(handle)
    subset.save_font(font, temporary, options)
    os.replace(temporary, made)

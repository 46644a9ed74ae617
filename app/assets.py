"""What the page loads: our own files out of memory, fonts cut from packages, and plotly's bundle from its package; each compressed once."""

import asyncio
import contextlib
import gzip
import hashlib
import math
import mimetypes
import os
import posixpath
import re
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, Response

from app.fonts import SOURCES, font_file
from app.problems import Problem
from app.settings import ROOT, cache_folder

BUNDLE = f"plotly-{version('plotly')}.min.js"
PLOTLY = f"/vendor/{BUNDLE}"
HASH = re.compile(r"[0-9a-f]{16}")
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
IMPORT = re.compile(r'^(?:import|export|\}).* from "(\.[^"]+)";$', re.MULTILINE)
LOOK = 1.0
"""Seconds between two looks whether one of our own files has changed."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class File:
    """One of our own files."""

    content: bytes
    packed: bytes
    kind: str
    tag: str


class Shelf:
    """Our own files, all read at once, and all anew when one of them has changed: `digest` is the hash of their names and contents."""

    def __init__(self, folder: Path, look: float = LOOK) -> None:
        self.folder = folder
        self.look = look
        self._looked = -math.inf
        self._seen: list[tuple[Path, int]] = []
        self._digest = ""
        self._files: dict[str, File] = {}
        self._modules: dict[str, list[str]] = {}

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits."""
        self._refresh()
        return self._digest

    @property
    def files(self) -> dict[str, File]:
        """By the path below the folder."""
        self._refresh()
        return self._files

    def address(self, path: str) -> str:
        """The address of a file, which changes with the content of any of them: `/static/<hash>/<path>`."""
        return f"/static/{self.digest}/{path}"

    def modules(self, path: str) -> list[str]:
        """The addresses of every module that one imports, directly or through others: a browser told of all of them fetches them at once."""
        self._refresh()
        if path not in self._modules:
            self._modules[path] = [self.address(each) for each in self._reached(path)]
        return self._modules[path]

    def _reached(self, path: str) -> list[str]:
        found = [path]
        for each in found:
            imported = (posixpath.normpath(f"{posixpath.dirname(each)}/{name}") for name in IMPORT.findall(self._files[each].content.decode()))
            found += [name for name in dict.fromkeys(imported) if name not in found]
        return found[1:]

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked < self.look:
            return
        self._looked = now
        seen = sorted((each, each.stat().st_mtime_ns) for each in self.folder.rglob("*") if each.is_file())
        if seen != self._seen:
            self._files = {each.relative_to(self.folder).as_posix(): _read(each) for each, _ in seen}
            named = (f"{path}\0{file.tag}\0".encode() for path, file in self._files.items())
            self._digest = hashlib.sha256(b"".join(named)).hexdigest()[:16]
            self._modules = {}
            self._seen = seen


SHELF = Shelf(ROOT / "static")


def install(app: FastAPI) -> None:
    """Serve our own files."""
    app.add_route("/static/{path:path}", own, include_in_schema=False)


def prepare() -> None:
    """Make what takes long to make, before anyone asks."""
    for name in SOURCES:
        font_file(name)
    packed()


async def own(request: Request) -> Response:
    """A file that may be kept for ever where the address has the present hash, and is asked for again where it has another or none."""
    path: str = request.path_params["path"]
    head, _, rest = path.partition("/")
    file = SHELF.files.get(rest if HASH.fullmatch(head) else path)
    if not file:
        raise Problem(404, "There is no file of that name.")
    headers = FOREVER if head == SHELF.digest else {"cache-control": "no-cache", "etag": f'"{file.tag}"'}
    if request.headers.get("if-none-match") == f'"{file.tag}"':
        return Response(status_code=304, headers=headers)
    return _sent(request, file.content, file.packed, file.kind, headers)


@router.get("/fonts/{name}")
async def font(name: str) -> Response:
    """A font of the page."""
    if name not in SOURCES:
        raise Problem(404, "There is no font of that name.")
    return FileResponse(await asyncio.to_thread(font_file, name), media_type="font/woff2", headers=FOREVER)


@router.get(PLOTLY)
async def plotly(request: Request) -> Response:
    """The bundle that draws the charts."""
    return _sent(request, _source(), await asyncio.to_thread(packed), "text/javascript", FOREVER)


@router.get("/favicon.ico")
@router.get("/favicon.svg")
async def icon(request: Request) -> Response:
    """The mark in the browser's tab."""
    file = SHELF.files["icon.svg"]
    return _sent(request, file.content, file.packed, file.kind, {"cache-control": "no-cache"})


@cache
def packed() -> bytes:
    """The bundle compressed, from the cache folder where it already is there."""
    kept = cache_folder() / f"{BUNDLE}.gz"
    with contextlib.suppress(OSError):
        return kept.read_bytes()
    content = gzip.compress(_source(), 6)
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=kept.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, kept)
    return content


@cache
def _source() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


def _read(path: Path) -> File:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(content, gzip.compress(content, 6, mtime=0), kind, hashlib.sha256(content).hexdigest()[:16])


def _sent(request: Request, content: bytes, packed: bytes, kind: str, headers: dict[str, str]) -> Response:
    """Compressed for whoever takes it so."""
    headers = {**headers, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=kind, headers={**headers, "content-encoding": "gzip"})
    return Response(content, media_type=kind, headers=headers)

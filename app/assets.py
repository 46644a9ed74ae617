"""What the page loads: our own files, fonts cut from packages, and plotly's bundle from its package, compressed once."""

import asyncio
import contextlib
import gzip
import hashlib
import os
import re
import tempfile
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.fonts import SOURCES, font_file
from app.problems import Problem
from app.settings import ROOT, cache_folder

STATIC = ROOT / "static"
BUNDLE = f"plotly-{version('plotly')}.min.js"
PLOTLY = f"/vendor/{BUNDLE}"
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
HASH = re.compile(r"[0-9a-f]{16}")

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Serve them."""
    app.mount("/static", Versioned(directory=STATIC), name="static")


def asset(path: str) -> str:
    """The address of one of our own files, which changes with the content of any of them: `/static/<hash>/<path>`."""
    found = sorted(each for each in STATIC.rglob("*") if each.is_file())
    return f"/static/{_digest(tuple((each, each.stat().st_mtime_ns) for each in found))}/{path}"


def prepare() -> None:
    """Make what takes long to make, before anyone asks."""
    for name in SOURCES:
        font_file(name)
    packed()


class Versioned(StaticFiles):
    """Files that may be kept for ever where the address has the present hash, and are asked for again where it has another or none."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        head, *rest = Path(path).parts or ("",)
        if not HASH.fullmatch(head):
            return await super().get_response(path, scope)
        answer = await super().get_response(os.path.join("", *rest), scope)
        if answer.status_code < 400 and asset("").split("/")[2] == head:
            answer.headers.update(FOREVER)
        return answer


@router.get("/fonts/{name}")
async def font(name: str) -> Response:
    """A font of the page."""
    if name not in SOURCES:
        raise Problem(404, "There is no font of that name.")
    return FileResponse(await asyncio.to_thread(font_file, name), media_type="font/woff2", headers=FOREVER)


@router.get(PLOTLY)
async def plotly(request: Request) -> Response:
    """The bundle that draws the charts."""
    headers = {**FOREVER, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(await asyncio.to_thread(packed), media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})
    return Response(_source(), media_type="text/javascript", headers=headers)


@router.get("/favicon.ico")
@router.get("/favicon.svg")
async def icon() -> Response:
    """The mark in the browser's tab."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")


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


def _source() -> bytes:
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(maxsize=4)
def _digest(signature: tuple[tuple[Path, int], ...]) -> str:
    """The hash of the files' names and contents, worked out anew when one of them has changed."""
    hashed = hashlib.sha256()
    for path, _ in signature:
        hashed.update(path.relative_to(STATIC).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return hashed.hexdigest()[:16]

"""What the page loads: our own files, fonts cut from packages, and plotly's bundle from its package, compressed once."""

import asyncio
import gzip
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from app.fonts import SOURCES, font_file
from app.problems import Problem
from app.settings import ROOT

PLOTLY = f"/vendor/plotly-{version('plotly')}.min.js"
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Serve them."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")


@router.get("/fonts/{name}")
async def font(name: str) -> Response:
    """A font of the page."""
    if name not in SOURCES:
        raise Problem(404, "There is no font of that name.")
    return FileResponse(await asyncio.to_thread(font_file, name), media_type="font/woff2", headers=FOREVER)


@router.get(PLOTLY)
async def plotly(request: Request) -> Response:
    """The bundle that draws the charts."""
    packed, plain = await asyncio.to_thread(_bundle)
    headers = {**FOREVER, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="text/javascript", headers={**headers, "content-encoding": "gzip"})
    return Response(plain, media_type="text/javascript", headers=headers)


@router.get("/favicon.ico")
async def icon() -> Response:
    """The mark in the browser's tab."""
    return FileResponse(ROOT / "static" / "icon.svg", media_type="image/svg+xml")


@cache
def _bundle() -> tuple[bytes, bytes]:
    source = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    return gzip.compress(source, 6), source

"""The page, the reference of the API, and whether the server is ready."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.templating import Jinja2Templates

from app.access import Visitor
from app.assets import PLOTLY
from app.settings import ROOT

router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(directory=ROOT / "templates")


@router.get("/")
async def index(request: Request, response: Response, visitor: Visitor) -> Response:
    """The lab."""
    page = templates.TemplateResponse(request, "index.html", {"plotly_url": PLOTLY})
    for cookie in response.headers.getlist("set-cookie"):
        page.headers.append("set-cookie", cookie)
    return page


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Every call of the API, from its schema."""
    schema: dict[str, Any] = request.app.openapi()
    calls = [{"method": method.upper(), "path": path, **call} for path, methods in schema["paths"].items() for method, call in methods.items()]
    return templates.TemplateResponse(request, "docs.html", {"calls": calls, "schema": schema})


@router.get("/health")
async def health() -> dict[str, str]:
    """200 when the server is ready."""
    return {"status": "ready"}

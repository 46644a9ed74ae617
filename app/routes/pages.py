"""The page, and the reference of the API."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.access import Visitor, guest_of
from app.templating import templates

router = APIRouter(include_in_schema=False)


@router.get("/")
async def index(request: Request, response: Response, visitor: Visitor) -> Response:
    """The lab."""
    return _given(response, templates.TemplateResponse(request, "index.html", {"guest": guest_of(request)}))


@router.get("/laboratory")
async def laboratory(request: Request, response: Response, visitor: Visitor) -> Response:
    """The pathology laboratory."""
    return _given(response, templates.TemplateResponse(request, "laboratory.html"))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Every call of the API, from its schema."""
    schema: dict[str, Any] = request.app.openapi()
    calls = [
        {"method": method.upper(), "path": path, "examples": _examples(schema, call), "answer": _answer(call), **call}
        for path, methods in schema["paths"].items()
        for method, call in methods.items()
    ]
    return templates.TemplateResponse(request, "docs.html", {"calls": calls})


def _given(response: Response, page: Response) -> Response:
    """The page, with the visitor's cookie where it is the first visit."""
    for cookie in response.headers.getlist("set-cookie"):
        page.headers.append("set-cookie", cookie)
    return page


def _examples(schema: dict[str, Any], call: dict[str, Any]) -> list[Any]:
    """What may be sent as the body of a call."""
    found: list[Any] = []
    for content in call.get("requestBody", {}).get("content", {}).values():
        name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        found += [content["example"]] if "example" in content else []
        found += [each["value"] for each in content.get("examples", {}).values()]
        found += schema["components"]["schemas"].get(name, {}).get("examples", [])
    return found


def _answer(call: dict[str, Any]) -> Any:
    """What a call answers, where its schema shows it."""
    return call.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {}).get("example")

"""What there is to choose from, what is allowed, and tables of one's own."""

from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.access import Bounds
from engine import TableError, catalog, parse_table, presets

router = APIRouter(prefix="/api", tags=["catalogue"])


@router.get("/catalog")
async def components() -> dict[str, Any]:
    """Every component: kind, family, words, JSON Schema and defaults."""
    return _catalog()


@router.get("/presets")
async def ready_made() -> dict[str, Any]:
    """Ready-made specs."""
    return {"presets": presets()}


@router.get("/limits")
async def limits(bounds: Bounds) -> dict[str, Any]:
    """Every limit of this server, with its number and a sentence."""
    return {"limits": bounds.json()}


@router.post(
    "/tables",
    openapi_extra={"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}, "example": "x,y,label\n0,0,no\n0,1,yes\n"}}}},
)
async def table(
    request: Request,
    target: Annotated[str | None, Query(max_length=64, description="Name or number of the target column; the last by default")] = None,
    delimiter: Annotated[str | None, Query(min_length=1, max_length=1)] = None,
    header: Annotated[bool | None, Query(description="Whether the first row has names; found out by default")] = None,
) -> dict[str, Any]:
    """Turn text/csv into the `data` of a spec."""
    try:
        text = (await request.body()).decode("utf-8")
    except UnicodeDecodeError:
        raise TableError("This file is not UTF-8 text; save it as CSV in UTF-8") from None
    return parse_table(text, target=target, delimiter=delimiter, header=header)


@cache
def _catalog() -> dict[str, Any]:
    return {"components": catalog()}

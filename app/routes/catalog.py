"""What there is to choose from, and what is allowed."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Request

from app.access import Bounds
from engine import catalog, presets

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
async def limits(request: Request, bounds: Bounds) -> dict[str, Any]:
    """Every limit of this server, with its number and a sentence."""
    return {"limits": bounds.json(request.app.state.settings.workers)}


@cache
def _catalog() -> dict[str, Any]:
    return {"components": catalog()}

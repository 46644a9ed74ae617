"""Branches: what would have happened otherwise, kept, compared and gone over to."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from app.access import LiveSession
from app.answer import answer
from app.models import BranchChoiceRequest, BranchNameRequest, BranchRequest
from app.scheduler import settled
from engine import Position

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["branches"])
Number = Annotated[int, Path(ge=1, le=2**31)]


@router.get("/branches")
async def branches(live: LiveSession, curves: Annotated[bool, Query(description="Whether losses and accuracies come with them")] = True) -> Response:
    """Every branch: where it began, how far it goes, what was changed in it, what it has instead of the current one, and its curves."""
    return await answer(await live.read(settled(lambda session: {"branches": session.branches.json(curves=curves)})))


@router.post("/branches", status_code=201)
async def create(live: LiveSession, body: BranchRequest) -> dict[str, Any]:
    """Begin a branch at any position within reach, with other settings or parameters, and go over to it."""
    if body.position:
        at = Position(body.position.update, body.position.instruction)
        await live.go(lambda session: session.known(at), back=True)
    settings = body.settings.changes() if body.settings else None
    return await live.act({"do": "branch", "name": body.name, "settings": settings, "parameters": body.parameters})


@router.put("/branch")
async def switch(live: LiveSession, body: BranchChoiceRequest) -> dict[str, Any]:
    """Go over to a branch, to where it was left."""
    return await live.go(lambda session: max(session.position, session.timeline.here), back=True, first={"do": "switch", "branch": body.id})


@router.patch("/branches/{number}")
async def rename(live: LiveSession, number: Number, body: BranchNameRequest) -> dict[str, Any]:
    """Give a branch a name; one that has a name is never given up for another."""
    return await live.tidy({"do": "rename", "branch": number, "name": body.name})


@router.delete("/branches/{number}")
async def delete(live: LiveSession, number: Number) -> dict[str, Any]:
    """Forget a branch; the current one cannot be."""
    return await live.tidy({"do": "delete", "branch": number})

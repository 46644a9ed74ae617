"""Checking a gradient by hand: every step of its finite difference, and the true loss along it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.access import LiveSession
from app.answer import answer
from app.routes.reads import Example

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Target = Annotated[str, Query(max_length=80, description="`parameter:2.W[2,3]`, or `value:4[3]` of an example")]
Scope = Annotated[Literal["example", "batch"], Query(description="The example's own loss, or the objective of its batch")]


@router.get("/explain/proof")
async def proof(
    live: LiveSession,
    target: Target,
    example: Example = None,
    scope: Scope = "example",
    h: Annotated[float | None, Query(allow_inf_nan=False, description="One more step to measure, from 1e-15 to 1")] = None,
) -> Response:
    """A gradient measured by two forward passes for every step from 1e-15 to 1, with the error of each."""
    return await answer(await live.work(lambda session: session.proving(target, _of(example, scope, target), h)))


@router.get("/explain/move")
async def move(
    live: LiveSession,
    target: Target,
    example: Example = None,
    scope: Scope = "example",
    at: Annotated[float | None, Query(allow_inf_nan=False, description="One more place to measure")] = None,
) -> Response:
    """The true loss along one number, each point a forward pass, with what the tangent promises there."""
    return await answer(await live.work(lambda session: session.along(target, _of(example, scope, target), at)))


def _of(example: int | None, scope: str, target: str) -> Any:
    """The example whose loss is meant, or None for the batch; a value is always one example's."""
    return example if scope == "example" or target.startswith("value:") else None

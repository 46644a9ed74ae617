"""What an update does: to one weight, and to the loss."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import LiveSession
from app.answer import answer
from app.problems import Problem

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
PARAMETER = "parameter:"


@router.get("/explain/update")
async def update(live: LiveSession, target: Annotated[str, Query(max_length=80)], example: Annotated[int | None, Query(ge=0)] = None) -> Response:
    """One weight's update (`parameter:2.W[2,3]`), line by line: gradient, clipping, the optimiser's memory, step. It is the batch's, whatever the example."""
    if not target.startswith(PARAMETER):
        raise Problem(422, f"An update is of a parameter, such as parameter:2.W[2,3], and {target} was asked for.")
    return await answer(await live.read(lambda session: session.anatomy(target.removeprefix(PARAMETER))))

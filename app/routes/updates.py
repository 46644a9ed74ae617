"""What an update does: to one weight, and to the loss."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import LiveSession
from app.answer import answer
from app.routes.reads import Example

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])


@router.get("/explain/update")
async def update(live: LiveSession, target: Annotated[str, Query(max_length=80, description="One number of a parameter")], example: Example = None) -> Response:
    """One weight's update (`parameter:2.W[2,3]`), line by line: gradient, clipping, the optimiser's memory, step. It is the batch's, whatever the example.

    In a GAN it is that of the weight's player: of its last turn that has begun, which `turn` says.
    """
    return await answer(await live.read(lambda session: session.anatomy(target.removeprefix("parameter:"))))


@router.get("/delivery")
async def delivery(live: LiveSession, curve: Annotated[bool, Query(description="The loss all along the step too")] = False) -> Response:
    """What the gradient promised that the last update would do to the loss of its batch, what it did, and whether the step was too small, good or too large."""
    return await answer(await live.read(lambda session: session.delivery(curve=curve)))

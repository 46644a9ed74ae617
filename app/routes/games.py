"""What a generator makes."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import LiveSession
from app.answer import answer

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])


@router.get("/samples")
async def samples(live: LiveSession, count: Annotated[int, Query(ge=1, le=2000, description="How many")] = 200) -> Response:
    """What a GAN's generator makes of noise that stays the same, what the discriminator says of each, and how many modes of the data are covered."""
    return await answer(await live.read(lambda session: session.samples(count)))

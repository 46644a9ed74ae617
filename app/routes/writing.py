"""What a network that has read a text writes by itself."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.access import Bounds, LiveSession
from app.answer import answer
from app.problems import Problem

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Length = Annotated[int, Query(ge=1, description="How many characters are written")]
Temperature = Annotated[float, Query(ge=0, le=5, allow_inf_nan=False, description="0 takes the likeliest character each time, 1 the network's own chances")]
Start = Annotated[str, Query(max_length=200, description="What it goes on from", examples=["the slope "])]
Seed = Annotated[int, Query(ge=0, le=2**32 - 1, description="Another number, another text")]


@router.get("/sample")
async def sample(live: LiveSession, limits: Bounds, length: Length = 200, temperature: Temperature = 1.0, start: Start = "", seed: Seed = 0) -> Response:
    """A text that goes on from `start`, character by character, each drawn from the network's answer; the same for the same seed and parameters."""
    if length > limits.written:
        raise Problem(413, f"One call writes {limits.written} characters, and {length:,} were asked for; go on from the end of what it wrote.")
    return await answer(await live.work(lambda session: session.sample(length, temperature, start, seed)))

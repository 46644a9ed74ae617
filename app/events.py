"""The same content as the stream, as server-sent events in JSON: for curl and for scripts."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.access import LiveSession
from app.live import Live
from app.stream import farewell, fields_of, listening
from engine import Session

router = APIRouter(tags=["reads"])
PAUSE = 0.1
"""Seconds between two events at the least."""
BEAT = 15.0
"""Seconds without a change after which a comment shows that the line is open."""


@router.get("/api/sessions/{session_id}/events", response_class=StreamingResponse)
async def events(
    live: LiveSession,
    fields: Annotated[str | None, Query(max_length=200, description="Which arrays, separated by commas; all by default")] = None,
    example: Annotated[int | None, Query(ge=0, le=10_000_000, description="The example that is followed; without it, the first of the batch")] = None,
) -> StreamingResponse:
    """The stream's content as events of JSON, at most ten a second, the newest only; `fields` chooses what comes, everything by default.

    The last one is `end`: `code` 1012 where the server stops, 1001 where the session is deleted, and `detail` in words.
    """
    told = _events(live, fields_of(fields), example)
    first = await anext(told)
    return StreamingResponse(_after(first, told), media_type="text/event-stream")


async def _events(live: Live, names: list[str], example: int | None) -> AsyncIterator[str]:
    wake = asyncio.Event()
    sequence = 0

    def read(session: Session) -> dict[str, Any]:
        return session.event(names, example, sequence, running=live.run is not None)

    with listening(live, wake):
        while not live.over:
            try:
                await asyncio.wait_for(wake.wait(), BEAT)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            wake.clear()
            sequence += 1
            content = await asyncio.to_thread(json.dumps, await live.look(read), allow_nan=False)
            yield f"event: frame\nid: {sequence}\ndata: {content}\n\n"
            await asyncio.sleep(PAUSE)
    code, detail = farewell(live)
    yield f"event: end\ndata: {json.dumps({'code': code, 'detail': detail})}\n\n"


async def _after(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    """The event that has already been made, so that a refusal could still be one, and then the others."""
    try:
        yield first
        async for event in rest:
            yield event
    finally:
        await rest.aclose()  # type: ignore[attr-defined]

"""The same content as the stream, as server-sent events in JSON: for curl and for scripts."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.access import LiveSession, Store
from app.live import Live
from app.store import MemoryStore
from app.stream import fields_of

router = APIRouter(tags=["reads"])
PAUSE = 0.1
"""Seconds between two events at the least."""
BEAT = 15.0
"""Seconds without a change after which a comment shows that the line is open."""


@router.get("/api/sessions/{session_id}/events", response_class=StreamingResponse)
async def events(
    live: LiveSession, store: Store, fields: Annotated[str | None, Query(max_length=200)] = None, example: Annotated[int | None, Query(ge=0)] = None
) -> StreamingResponse:
    """Every change as an event of JSON, at most ten a second, the newest only."""
    names = fields_of(fields or "gradients,parameters")
    return StreamingResponse(_events(live, store, names, example), media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _events(live: Live, store: MemoryStore, names: list[str], example: int | None) -> AsyncIterator[str]:
    wake = asyncio.Event()
    wake.set()
    live.listeners.add(wake)
    sequence = 0
    try:
        while store.get(live.id) is live:
            try:
                await asyncio.wait_for(wake.wait(), BEAT)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            wake.clear()
            sequence += 1
            content = await live.read(lambda session: session.event(names, example, sequence, running=live.run is not None))  # noqa: B023 - awaited at once
            yield f"event: frame\nid: {sequence}\ndata: {json.dumps(content, allow_nan=False)}\n\n"
            await asyncio.sleep(PAUSE)
    finally:
        live.listeners.discard(wake)

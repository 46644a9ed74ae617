"""The stream: one binary frame at a time, the next one only after the client has drawn the last; the newest wins.

Text messages go both ways: {"state": …} when a command or a run changed something; {"ack": sequence} and {"focus": example} from the client.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from app.access import find, store_of
from app.live import Live
from app.problems import Problem
from engine import FIELDS, EngineError

router = APIRouter()
SHORTEST = 1 / 60
"""Seconds between two frames at the least."""
UNANSWERED = 30.0
"""Seconds without an acknowledgement after which a frame is sent all the same, to see whether anyone is there."""


def fields_of(text: str | None) -> list[str]:
    """The fields of a query, all of them by default; raises a 422 problem for an unknown one."""
    names = text.split(",") if text else list(FIELDS)
    unknown = [name for name in names if name not in FIELDS]
    if unknown or len(set(names)) != len(names):
        raise Problem(422, f"fields takes each of {', '.join(FIELDS)} at most once")
    return names


@router.websocket("/api/sessions/{session_id}/stream")
async def stream(
    socket: WebSocket, session_id: str, fields: Annotated[str | None, Query(max_length=200)] = None, example: Annotated[int | None, Query(ge=0)] = None
) -> None:
    """Every change of position, values or run state, as frames."""
    try:
        live = find(socket, session_id)
        names = fields_of(fields)
    except Problem as problem:
        await socket.close(1008, problem.detail[:120])
        return
    offered = [part for part in socket.scope.get("subprotocols", []) if part.startswith("bearer.")]
    await socket.accept(subprotocol=offered[0] if offered else None)
    listener = Listener(socket, live, names, example)
    live.listeners.add(listener.wake)
    try:
        await _race(listener.hear, lambda: listener.tell(lambda: store_of(socket).get(session_id) is live))
    finally:
        live.listeners.discard(listener.wake)


class Listener:
    """One connected client: what it has drawn, what it follows, and what it has been told."""

    def __init__(self, socket: WebSocket, live: Live, names: list[str], example: int | None) -> None:
        self.socket = socket
        self.live = live
        self.names = names
        self.example = example
        self.wake = asyncio.Event()
        self.wake.set()
        self.drawn = asyncio.Event()
        self.drawn.set()
        self.sequence = 0

    async def hear(self) -> None:
        """Take acknowledgements and wishes until the client leaves; nonsense is answered in words."""
        while True:
            try:
                message = json.loads(await self.socket.receive_text())
            except (ValueError, KeyError, RecursionError):
                message = None
            match message:
                case {"ack": int(sequence)} if sequence == self.sequence:
                    self.drawn.set()
                case {"ack": int()}:
                    pass
                case {"focus": None | int() as example} if not isinstance(example, bool):
                    self.example = example
                    self.drawn.set()
                    self.wake.set()
                case _:
                    await self.socket.send_json({"detail": 'Send {"ack": sequence} or {"focus": example number or null}.'})

    async def tell(self, alive: Callable[[], bool]) -> None:
        """Send the newest frame whenever something changed and the last one was drawn."""
        told = -1
        while alive():
            await self.wake.wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.drawn.wait(), UNANSWERED)
            self.wake.clear()
            if told != self.live.version:
                told = self.live.version
                await self.socket.send_json({"state": await self.live.read(lambda _: self.live.state())})
            self.sequence += 1
            self.drawn.clear()
            try:
                frame = await self.live.read(lambda session: session.frame(self.names, self.example, self.sequence, running=self.live.run is not None))
            except EngineError as error:
                self.example = None
                self.drawn.set()
                self.wake.set()
                await self.socket.send_json({"detail": str(error)})
                continue
            await self.socket.send_bytes(frame)
            await asyncio.sleep(SHORTEST)
        await self.socket.close(1001, "This session has ended.")


async def _race(*works: Callable[[], Awaitable[None]]) -> None:
    """Run until the first of them ends; a client that leaves ends them all."""
    async with anyio.create_task_group() as group:

        async def run(work: Callable[[], Awaitable[None]]) -> None:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await work()
            group.cancel_scope.cancel()

        for work in works:
            group.start_soon(run, work)

"""The stream: one binary frame at a time, the next one only after the client has drawn the last; the newest wins.

Text messages go both ways: {"state": …} when a command or a run changed something; {"ack": sequence} and {"focus": example} from the client.
"""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect

from app.access import find
from app.live import Live
from app.problems import Problem, on_disk
from app.scheduler import QUANTUM, again
from app.words import sentence
from engine import FIELDS, EngineError, Session

router = APIRouter()
SHORTEST = 1 / 60
"""Seconds between two frames at the least."""
HELP = 'Send {"ack": sequence} or {"focus": example number or null}.'


def fields_of(text: str | None) -> list[str]:
    """The fields of a query, all of them by default; raises a 422 problem for an unknown one."""
    names = text.split(",") if text else list(FIELDS)
    unknown = [name for name in names if name not in FIELDS]
    if unknown or len(set(names)) != len(names):
        raise Problem(422, f"fields takes each of {', '.join(FIELDS)} at most once")
    return names


@contextlib.contextmanager
def listening(live: Live, wake: asyncio.Event) -> Iterator[None]:
    """Be told of every change, from now on; refused where too many already are."""
    if len(live.listeners) >= live.limits.streams:
        raise Problem(429, f"This session already has {live.limits.streams} streams; close one.", {"retry-after": "10"})
    wake.set()
    live.listeners.add(wake)
    try:
        yield
    finally:
        live.listeners.discard(wake)


def farewell(live: Live) -> tuple[int, str]:
    """With which code and words a stream of a session that is over is closed; the words have at most 123 bytes."""
    if live.over and live.over.status == 404:
        return 1001, "This session has ended."
    return 1012, "The server is stopping; the session is kept." if live.book.kept else "The server is stopping; the session was in memory only."


@router.websocket("/api/sessions/{session_id}/stream")
async def stream(
    socket: WebSocket, session_id: str, fields: Annotated[str | None, Query(max_length=200)] = None, example: Annotated[int | None, Query(ge=0)] = None
) -> None:
    """Every change of position, values or run state, as frames."""
    try:
        listener = Listener(socket, await find(socket, session_id), fields_of(fields), example)
        with listening(listener.live, listener.wake):
            offered = [part for part in socket.scope.get("subprotocols", []) if part.startswith("bearer.")]
            await socket.accept(subprotocol=offered[0] if offered else None)
            await _race(listener.hear, listener.tell)
    except Problem as problem:
        await socket.send_denial_response(problem.response())
    except sqlite3.Error as error:
        await socket.send_denial_response(on_disk(error).response())


class Listener:
    """One connected client: what it has drawn, what it follows, and what it has been told; `asked` for another example, it gets that one's frame at once."""

    def __init__(self, socket: WebSocket, live: Live, names: list[str], example: int | None) -> None:
        self.socket = socket
        self.live = live
        self.names = names
        self.example = example
        self.wake = asyncio.Event()
        self.sequence = 0
        self.drawn = 0
        self.asked = False
        self.following = False
        self.sent = 0.0

    async def hear(self) -> None:
        """Take acknowledgements and wishes until the client leaves; nonsense is answered in words."""
        while True:
            try:
                message = json.loads(await self.socket.receive_text())
            except (ValueError, KeyError, RecursionError):
                message = None
            match message:
                case {"ack": int(sequence)}:
                    if sequence == self.sequence > self.drawn:
                        self.socket.app.state.metrics.frame.observe(perf_counter() - self.sent)
                    self.drawn = max(self.drawn, min(sequence, self.sequence))
                    self.wake.set()
                case {"focus": None | int() as example} if not isinstance(example, bool):
                    self.example = example
                    self.asked = True
                    self.wake.set()
                case _:
                    await self.socket.send_json({"detail": HELP})

    async def tell(self) -> None:
        """Send the state when it is another one, and the newest frame whenever something changed and the last one was drawn."""
        told = -1
        shown: object = None
        while await self.wake.wait() and not self.live.over:
            self.wake.clear()
            version, news = self.live.listeners.version, (self.live.listeners.ticks, self.example)
            if version != told:
                told = version
                await self.socket.send_json({"state": await self.live.look(lambda _: self.live.state())})
            if news != shown and (self.asked or self.drawn == self.sequence):
                shown, self.asked = news, False
                await self._show()
        await self.socket.close(*farewell(self.live))

    async def _show(self) -> None:
        """Send one frame; an example that does not exist is said to be so, and no longer followed."""
        try:
            frame: bytes = await self.live.look(self._frame)
        except EngineError as error:
            self.example = None
            self.wake.set()
            await self.socket.send_json({"detail": sentence(str(error))})
            return
        self.sequence += 1
        self.sent = perf_counter()
        await self.socket.send_bytes(frame)
        await asyncio.sleep(SHORTEST)

    def _frame(self, session: Session) -> Any:
        """The frame; where its example has to be followed first and that takes long, a slice of that, and once more where it is done."""
        if not self.following:
            self.following = True
            if not session.follow(self.example, QUANTUM):
                return again
        elif not session.settle(QUANTUM):
            return again
        self.following = False
        return session.frame(self.names, self.example, self.sequence + 1, running=self.live.run is not None)


async def _race(*works: Callable[[], Awaitable[None]]) -> None:
    """Run until the first of them ends; a client that leaves ends them all."""
    async with anyio.create_task_group() as group:

        async def run(work: Callable[[], Awaitable[None]]) -> None:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await work()
            group.cancel_scope.cancel()

        for work in works:
            group.start_soon(run, work)

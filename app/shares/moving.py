"""A connection whose request is another worker's visitor's goes to that worker, with what was read of it: nothing is answered by who does not have it.

That is found out when the headers of a request have come, before anything is done. A visitor's first connection falls to any worker and moves at most
once; one that carries several visitors, as a proxy's, moves between their workers. What cannot be moved is refused with a 421.
"""

import os
import socket
from typing import Any, cast
from urllib.parse import unquote

import httptools
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from app import problems
from app.access import GUEST, token_of, visitor_of
from app.door import OWN, Door
from app.protocol import Protocol
from app.shares import Share

BOUND = "/api/"
"""Below this address are answers that are not the same for everybody."""
ELSEWHERE = "This connection leads to a worker of this server that does not have what is yours. Send the request again on a new connection."


def home(connection: HTTPConnection, share: Share) -> int | None:
    """The worker that a request is for; None where any will do. Where a session's token came, it alone decides, as it does about who opens it."""
    path: str = connection.scope["path"]
    if not path.startswith(BOUND):
        return None
    session, visitor = OWN.match(path), visitor_of(connection)
    if session and (token_of(connection) is not None or not visitor):
        return share.of_session(session[1])
    return share.of_visitor(visitor) if visitor else None


class Moving(Protocol):
    """The parser, which gives a connection away where its request is for another worker; `read` is what such a one brings along."""

    def __init__(self, *arguments: Any, read: bytes = b"", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._brought = read
        self._state = cast(FastAPI, self.config.app).state
        self._request: bytearray | None = None
        self._fresh = False
        self._to: int | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if self._brought and not self.transport.is_closing():
            self.data_received(self._brought)
            self._brought = b""

    def data_received(self, data: bytes) -> None:
        if not self._within:
            quiet = self.cycle is None or self.cycle.response_complete
            self._request, self._fresh = bytearray() if quiet else None, True
        if self._request is not None:
            self._request += data
        super().data_received(data)

    def on_message_begin(self) -> None:
        if not self._fresh:  # it began in the middle of what came at once
            self._request = None
        self._fresh = False
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        worker = self._elsewhere()
        if worker is not None and self._request is not None and not self.transport.get_write_buffer_size():
            self._to = worker
            raise ValueError("a request for another worker")
        self._request = None
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Where the parser was stopped because the request is for another worker, move the connection there."""
        if self._to is None:
            super().send_400_response(msg)
        else:
            self._move(self._to)

    def _elsewhere(self) -> int | None:
        """The worker that the request is for, where that is another."""
        share: Share = self._state.share
        door: Door | None = self._state.door
        connection = HTTPConnection({"type": "http", "path": unquote(httptools.parse_url(self.url).path.decode("ascii")), "headers": self.headers})
        connection.scope[GUEST] = door.guest(connection) if door else None
        worker = home(connection, share)
        return None if worker == share.number else worker

    def _move(self, worker: int) -> None:
        self._arrived()
        handle = self.transport.get_extra_info("socket")
        try:
            with socket.socket(fileno=os.dup(handle.fileno())) as connection:
                self._state.siblings.move(connection, bytes(self._request or b""), worker)
        except OSError:
            self._refuse(503, "The part of this server that has what is yours cannot be reached. Try again in a moment.")
            return
        self.transport.abort()


class Misdirected:
    """Refuses what is for another worker and could not be moved. Inside the guard."""

    def __init__(self, app: ASGIApp, share: Share) -> None:
        self.app = app
        self.share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or home(HTTPConnection(scope), self.share) in (None, self.share.number):
            await self.app(scope, receive, send)
        else:
            await problems.response(421, ELSEWHERE, headers={"connection": "close"})(scope, receive, send)

"""The HTTP parser with an end to its patience: headers arrive soon and are of a sane size, or the connection is closed with a sentence.

Three clocks follow one another, and no dripping byte puts one back: the headers' runs from the connection, or from the first byte after an answer; the
body's is the guard's, which reads it; and once the answer is complete, what is left of the body has the same time again and is thrown away.
"""

import asyncio
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app import problems
from app.crowd import crowded, room
from app.guard import HEADERS
from app.settings import Limits


class Protocol(HttpToolsProtocol):
    """Uvicorn's own, which would wait for ever, take any size, and refuse in plain text without any security header."""

    _limits: Limits
    _clock: asyncio.TimerHandle | None = None
    _rest: asyncio.TimerHandle | None = None
    _within = False
    _read = 0
    _size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._limits = cast(FastAPI, self.config.app).state.settings.limits
        super().connection_made(cast(asyncio.Transport, transport))
        hosts = [_host(each) for each in self.connections]
        if words := crowded(hosts, _host(self), self._room(), self._limits.connections_per_address):
            self.connections.discard(self)
            self._refuse(503, words, {"retry-after": "5"})
        else:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        self._complete()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._quiet():
            self._expect()
        if self._clock is None:
            return
        self._read += len(data)
        if self._read > self._limits.headers:
            self.send_400_response("")

    def on_message_begin(self) -> None:
        self._within = True
        super().on_message_begin()
        self._expect()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._arrived()
        if not self.url.startswith(b"/"):
            raise ValueError("a request for another server")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._complete()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the connection; where the request is not whole yet, only if the rest comes in time, while the answer can be read."""
        super().on_response_complete()
        if self._within and self._clock is None and self.cycle.response_complete and not self.transport.is_closing():
            self._rest = self.loop.call_later(self._limits.body_seconds, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """End a connection whose bytes are no request; uvicorn has only one sentence for it."""
        most = self._limits.headers
        if max(self._size, self._read) > most:
            self._refuse(431, f"The address and the headers of a request may have {most:,} bytes together.")
        else:
            self._refuse(400, "This is not a request of HTTP/1.1: one of its lines, headers or lengths is not as the standard has it.")

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > self._limits.headers:
            raise ValueError("too many bytes of headers")

    def _room(self) -> int:
        """Connections that there may be; found out once."""
        state = cast(FastAPI, self.config.app).state
        if not hasattr(state, "room"):
            state.room = room(self._limits)
        found: int = state.room
        return found

    def _quiet(self) -> bool:
        """Whether something came on this connection, which has not become a WebSocket's, though no request is under way and none is expected."""
        answered = self.cycle is None or self.cycle.response_complete
        here = not self.transport.is_closing() and self.transport.get_protocol() is self
        return self._clock is None and not self._within and answered and here

    def _complete(self) -> None:
        self._within = False
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _expect(self) -> None:
        self._arrived()
        self._read = self._size = 0
        self._clock = self.loop.call_later(self._limits.header_seconds, self._expire)

    def _arrived(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _expire(self) -> None:
        """Give up waiting; a connection on which nothing was begun is closed without a word."""
        if self._read:
            self._refuse(408, f"The headers did not arrive within {self._limits.header_seconds} seconds.")
        else:
            self.transport.close()

    def _refuse(self, status: int, detail: str, more: dict[str, str] | None = None) -> None:
        """Answer with a problem document, where no other answer is under way, and close the connection."""
        self._arrived()
        under_way = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if not self.transport.is_closing() and not under_way:
            answer = problems.response(status, detail, headers={**HEADERS, "cache-control": "no-store", "connection": "close", **(more or {})})
            lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(), *(name + b": " + value for name, value in answer.raw_headers)]
            self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()


def _host(connection: object) -> str:
    """Where a connection comes from."""
    client: tuple[str, int] | None = getattr(connection, "client", None)
    return client[0] if client else ""

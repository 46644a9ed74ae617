"""The HTTP parser with an end to its patience: headers arrive soon and are of a sane size, or the connection is closed with a sentence."""

import asyncio
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app import problems
from app.guard import HEADERS
from app.settings import Limits


class Protocol(HttpToolsProtocol):
    """Uvicorn's own, which would wait for ever, take any size, and refuse in plain text without any security header."""

    _limits: Limits
    _clock: asyncio.TimerHandle | None = None
    _read = 0
    _size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._limits = cast(FastAPI, self.config.app).state.settings.limits
        super().connection_made(cast(asyncio.Transport, transport))
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._clock is None:
            return
        self._read += len(data)
        if self._read > self._limits.headers:
            self.send_400_response("")

    def on_message_begin(self) -> None:
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

    def _refuse(self, status: int, detail: str) -> None:
        """Answer with a problem document, where no other answer is under way, and close the connection."""
        self._arrived()
        under_way = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if not self.transport.is_closing() and not under_way:
            answer = problems.response(status, detail, headers={**HEADERS, "cache-control": "no-store", "connection": "close"})
            lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(), *(name + b": " + value for name, value in answer.raw_headers)]
            self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()

"""The HTTP parser with an end to its patience: headers arrive soon and are of a sane size, or the connection is closed."""

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS = 32_768
"""Bytes that a request's address and headers may have."""
PATIENCE = 10.0
"""Seconds in which they must have arrived."""


class Protocol(HttpToolsProtocol):
    """Uvicorn's own, which would wait for ever and take any size."""

    _clock: asyncio.TimerHandle | None = None
    _read = 0
    _size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
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
        if self._read > HEADERS and not self.transport.is_closing():
            self.send_400_response(f"The headers of a request may have {HEADERS} bytes.")

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
        super().on_headers_complete()

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > HEADERS:
            raise ValueError("too many bytes of headers")

    def _expect(self) -> None:
        self._arrived()
        self._read = self._size = 0
        self._clock = self.loop.call_later(PATIENCE, self.transport.close)

    def _arrived(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

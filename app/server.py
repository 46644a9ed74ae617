"""The server process: uvicorn, ending with exit code 0 when it is asked to stop, its streams first."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI
from uvicorn.config import LOGGING_CONFIG

from app.protocol import Protocol

ENDING = 3.7
"""Seconds from the beginning of the end until what is not saved is left; a second later at the most the process is gone."""
ANSWERS = 2
"""Seconds of them for what is still being answered."""
FAREWELL = 40
"""Hundredths of a second for the streams to say why they end."""


class Server(uvicorn.Server):
    """Uvicorn waits for open event streams and raises the signal again after its shutdown; a service that was asked to stop has done well."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                log_level="warning",
                log_config=None if app.state.settings.log else LOGGING_CONFIG,
                server_header=False,
                timeout_keep_alive=75,
                timeout_graceful_shutdown=ANSWERS,
                ws_max_size=app.state.settings.limits.message,
                ws_per_message_deflate=False,
            )
        )
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).addFilter(_is_fault)

    @property
    def code(self) -> int:
        """The exit code of the process, at its end."""
        return 0 if self.started else 1

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody else in, end the sessions, so that every stream says why it ends, then the server."""
        for server in self.servers:
            server.close()
        self.app.state.end = asyncio.get_running_loop().time() + ENDING
        store = self.app.state.store
        store.close()
        for _ in range(FAREWELL):
            if not any(live.listeners for live in store.living()):
                break
            await asyncio.sleep(0.01)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


CLIENTS = ("without completing handshake", "Invalid UTF-8 sequence received", "Invalid HTTP request received", "socket.accept() out of system resource")
"""What is said where a client did something wrong and was told so, or where very many come at once and some wait a second: no fault of the server's."""


def _is_fault(record: logging.LogRecord) -> bool:
    return not any(words in record.getMessage() for words in CLIENTS)

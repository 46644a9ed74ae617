"""A worker's process: the server, without a door of its own. Its connections come down the channel from the parent."""

import asyncio
import functools
import socket
import sys
from collections.abc import Coroutine
from typing import IO, Any

from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE

from app.ledger import Ledger
from app.main import create_app
from app.records import recording
from app.server import Server
from app.shares.channel import MOVED, NEW, READY, WHETHER, drain, receive, send, shut
from app.shares.front import Start
from app.shares.moving import Moving
from app.shares.part import Part
from app.shares.siblings import YES, Siblings

PATIENCE = 10.0
"""Seconds for what was read of a moved connection to arrive."""


class Worker(Server):
    """The server of one share, which ends as at SIGTERM when its parent is gone."""

    def __init__(self, app: FastAPI, channel: socket.socket) -> None:
        super().__init__(app)
        self._channel = channel
        self._coming: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin the application, and say that it is there."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        self.servers: list[asyncio.Server] = []
        asyncio.get_running_loop().add_reader(self._channel, self._hear)
        send(self._channel, READY, [])
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, and end as every server does."""
        asyncio.get_running_loop().remove_reader(self._channel)
        await super().shutdown(sockets)

    def _hear(self) -> None:
        try:
            word, sockets = receive(self._channel)
        except BlockingIOError:
            return
        if not word:
            asyncio.get_running_loop().remove_reader(self._channel)
            self.should_exit = True
        elif word == NEW and len(sockets) == 1:
            self._take(self._attach(sockets[0]))
        elif word == MOVED and len(sockets) == 2:
            self._take(self._moved(*sockets))
        elif len(sockets) == 1:
            state = self.app.state
            siblings: Siblings = state.siblings
            siblings.answer(sockets[0], (YES if state.scheduler.alive else b"no") if word == WHETHER else state.metrics.text())
        else:
            shut(sockets)

    def _take(self, coming: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coming)
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    async def _moved(self, connection: socket.socket, line: socket.socket) -> None:
        if read := await drain(line, PATIENCE):
            await self._attach(connection, read)
        else:
            connection.close()

    async def _attach(self, connection: socket.socket, read: bytes = b"") -> None:
        """Serve a connection, as the server does with those that it accepts itself."""
        made = functools.partial(
            Moving, config=self.config, server_state=self.server_state, app_state=self.lifespan.state, _loop=asyncio.get_running_loop(), read=read
        )
        try:
            await asyncio.get_running_loop().connect_accepted_socket(made, connection)
        except OSError:
            connection.close()


def work(start: Start, channel: socket.socket, lock: IO[bytes] | None) -> int:
    """Serve a share until the end; the exit code."""
    settings, share = start.settings.shared(), start.share
    channel.setblocking(False)
    ledger = Ledger(start.folder, settings.limits.kept, share.number, lock) if start.folder else None
    part = Part(start.key, share, Siblings(channel, share.number, share.count))
    server = Worker(create_app(settings, ledger, part), channel)
    with recording(settings.log):
        server.run()
    return 0 if server.started else 1

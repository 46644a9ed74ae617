"""The other workers of a server, as one worker knows them: it asks them through the parent, and answers what they ask."""

import asyncio
import socket

from app.shares.channel import MEASURES, MOVE, WHETHER, drain, pour, send, shut

PATIENCE = 2.0
"""Seconds for an answer."""
UNREAD = 10.0
"""Seconds for another to read what it is sent."""
YES = b"yes"


class Siblings:
    """The others. Who is alone has none, and they agree."""

    def __init__(self, channel: socket.socket | None = None, number: int = 0, count: int = 1) -> None:
        self.numbers = [each for each in range(count) if each != number]
        self._channel = channel
        self._pouring: set[asyncio.Task[None]] = set()

    async def ready(self) -> bool:
        """Whether each of them is ready."""
        return all(answer == YES for answer in await self._ask(WHETHER))

    async def measures(self) -> dict[int, str]:
        """The measures of those that answer, by their numbers."""
        told = zip(self.numbers, await self._ask(MEASURES), strict=True)
        return {number: text.decode() for number, text in told if text}

    def answer(self, line: socket.socket, told: bytes) -> None:
        """Answer what another has asked."""
        self._pour(line, told)

    def move(self, connection: socket.socket, read: bytes, worker: int) -> None:
        """Give a connection, with what was read of it, to another worker; raises OSError."""
        mine, theirs = socket.socketpair()
        mine.setblocking(False)
        assert self._channel
        with theirs:
            try:
                send(self._channel, bytes([MOVE + worker]), [connection, theirs])
            except OSError:
                mine.close()
                raise
        self._pour(mine, read)

    async def _ask(self, word: bytes) -> list[bytes]:
        """What each of them answers; nothing from one that is not there, or is too slow."""
        if self._channel is None:
            return []
        mine: list[socket.socket] = []
        theirs: list[socket.socket] = []
        try:
            for _ in self.numbers:
                here, there = socket.socketpair()
                mine.append(here)
                theirs.append(there)
                here.setblocking(False)
            send(self._channel, word, theirs)
        except OSError:  # no file handles are left, or nobody is there
            shut(mine)
            return [b""] * len(self.numbers)
        finally:
            shut(theirs)
        return await asyncio.gather(*(drain(each, PATIENCE) for each in mine))

    def _pour(self, line: socket.socket, content: bytes) -> None:
        task = asyncio.create_task(pour(line, content, UNREAD))
        self._pouring.add(task)
        task.add_done_callback(self._pouring.discard)

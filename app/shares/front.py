"""The parent of the workers: it accepts connections and gives each to one of them, passes on what they have for one another, and starts again who dies.

It reads nothing of any connection. The one that a connection falls to at first gives it on, where its request is another's visitor's.
"""

import asyncio
import contextlib
import logging
import pickle
import signal
import socket
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO

from app.lock import sign
from app.settings import Settings
from app.shares import Share
from app.shares.channel import MEASURES, MOVE, MOVED, NEW, READY, WHETHER, receive, send, shut

HELD = 256
"""Messages that wait for one worker at the most; what comes beyond is closed."""
PATIENCE = 4.4
"""Seconds for the workers to end when they are asked to, in which each has let go of what it could not finish (`ENDING` in `app/server.py`)."""
LONGEST = 30.0
"""Seconds at the most before a worker that dies again and again is started again."""
STEADY = 60.0
"""Seconds after which a worker that dies has not died of its start."""
CROWDED = 0.05
"""Seconds until connections are accepted or sent on again, where there are no more file handles."""
log = logging.getLogger("app")


@dataclass(frozen=True)
class Start:
    """What a worker is told at its start, through its standard input: no list of processes and no environment shows it."""

    settings: Settings
    share: Share
    key: bytes
    folder: Path | None


class Post:
    """One worker as the parent has it: its process, the channel to it, and the messages that wait for it."""

    def __init__(self, start: Start, lock: IO[bytes] | None) -> None:
        self.start = start
        self.number = start.share.number
        self.ready = False
        self.process: asyncio.subprocess.Process | None = None
        self.channel: socket.socket | None = None
        self._lock = lock
        self._waiting: deque[tuple[bytes, Sequence[socket.socket]]] = deque()

    async def begin(self) -> socket.socket:
        """Start the process, in a group of its own so that Ctrl+C is the parent's alone; this end of the channel."""
        self.channel, theirs = socket.socketpair()
        self.channel.setblocking(False)
        with theirs:
            handles = [theirs.fileno(), *([self._lock.fileno()] if self._lock else [])]
            command = [sys.executable, "-m", "app.shares", *map(str, handles)]
            self.process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, pass_fds=handles, process_group=0)
        assert self.process.stdin
        with contextlib.suppress(ConnectionError):
            self.process.stdin.write(pickle.dumps(self.start))
            await self.process.stdin.drain()
        self.process.stdin.close()
        return self.channel

    def over(self, *, hopeless: bool) -> None:
        """The process has ended; what waits for it goes on waiting for the next, unless there is little hope."""
        self.ready = False
        if self.channel:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self.channel)
            loop.remove_writer(self.channel)
            self.channel.close()
        while hopeless and self._waiting:
            shut(self._waiting.popleft()[1])

    def give(self, word: bytes, sockets: Sequence[socket.socket]) -> None:
        """Send a message, now or as soon as possible, and close the sockets here."""
        if len(self._waiting) >= HELD:
            shut(sockets)
            return
        self._waiting.append((word, sockets))
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as there is room."""
        if not self.ready or self.channel is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_writer(self.channel)
        while self._waiting:
            word, sockets = self._waiting[0]
            try:
                send(self.channel, word, sockets)
            except BlockingIOError:
                loop.add_writer(self.channel, self.flush)
                return
            except OSError:  # too many are on their way; or it has ended, which is noticed on the channel
                loop.call_later(CROWDED, self.flush)
                return
            self._waiting.popleft()
            shut(sockets)


class Front:
    """All of them, behind one listening socket."""

    def __init__(self, settings: Settings, key: bytes, folder: Path | None, lock: IO[bytes] | None, astray: dict[str, int]) -> None:
        self.started = False
        self.code = 0
        if lock:
            sign(lock)
        count = settings.workers
        self._posts = [Post(Start(settings, Share(number, count, astray), key, folder), lock) for number in range(count)]
        self._next = 0

    def run(self, sockets: list[socket.socket]) -> None:
        """Be the parent until SIGTERM or Ctrl+C, or until a worker ends while the first are being started."""
        asyncio.run(self._run(*sockets))

    async def _run(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._listening = listening
        self._stop = asyncio.Event()
        for asked in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(asked, self._stop.set)
        self._listening.setblocking(False)
        keeping = [asyncio.create_task(self._keep(post)) for post in self._posts]
        await self._stop.wait()
        loop.remove_reader(self._listening)
        self._listening.close()
        for post in self._posts:
            if post.process and post.process.returncode is None:
                post.process.terminate()
        _, slow = await asyncio.wait(keeping, timeout=PATIENCE)
        for post in self._posts if slow else []:
            if post.process and post.process.returncode is None:
                log.warning("Worker %d did not end in time, and was ended.", post.number + 1)
                post.process.kill()
                self.code = 1
        await asyncio.gather(*keeping)

    async def _keep(self, post: Post) -> None:
        """Have a worker there until the end."""
        early = 0
        while not self._stop.is_set():
            began = monotonic()
            how = await self._once(post)
            served = post.ready
            post.over(hopeless=not served or self._stop.is_set())
            if not self.started and not self._stop.is_set():
                log.error("Worker %d ended %s before it was ready, so the server is not started.", post.number + 1, how)
                self.code = 1
                self._stop.set()
            if self._stop.is_set():
                return
            early = 0 if served and monotonic() - began > STEADY else early + 1
            pause = min(0.5 * 2 ** (early - 2), LONGEST) if early > 1 else 0.0
            when = f"in {pause:.1f} s" if pause else "at once"
            fate = "its sessions come back" if post.start.folder else "its sessions, which were in memory only, are gone"
            log.warning("Worker %d ended %s; it is started again %s, and %s.", post.number + 1, how, when, fate)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), pause)

    async def _once(self, post: Post) -> str:
        """One life of a worker, and how it ended."""
        try:
            asyncio.get_running_loop().add_reader(await post.begin(), self._hear, post)
        except OSError as error:
            return f"before it began ({error.strerror})"
        assert post.process
        if self._stop.is_set():
            post.process.terminate()
        code = await post.process.wait()
        return f"by signal {-code}" if code < 0 else f"with code {code}"

    def _accept(self) -> None:
        """Give whoever has come to the next worker that is there."""
        loop = asyncio.get_running_loop()
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, ConnectionError):
            return
        except OSError:
            loop.remove_reader(self._listening)
            loop.call_later(CROWDED, self._listen)
            return
        following = [*self._posts[self._next :], *self._posts[: self._next]]
        post = next((each for each in following if each.ready), following[0])
        self._next = (post.number + 1) % len(self._posts)
        post.give(NEW, [connection])

    def _listen(self) -> None:
        if not self._stop.is_set():
            asyncio.get_running_loop().add_reader(self._listening, self._accept)

    def _hear(self, post: Post) -> None:
        """What a worker has to say."""
        assert post.channel
        try:
            word, sockets = receive(post.channel)
        except BlockingIOError:
            return
        others = [each for each in self._posts if each is not post]
        if not word:
            asyncio.get_running_loop().remove_reader(post.channel)
        elif word == READY:
            post.ready = True
            post.flush()
            if not self.started and all(each.ready for each in self._posts):
                self.started = True
                self._listen()
        elif word in (WHETHER, MEASURES) and len(sockets) == len(others):
            for other, line in zip(others, sockets, strict=True):
                if other.ready:
                    other.give(word, [line])
                else:
                    line.close()
        elif word[0] >= MOVE and word[0] - MOVE < len(self._posts) and len(sockets) == 2:
            self._posts[word[0] - MOVE].give(MOVED, sockets)
        else:
            shut(sockets)

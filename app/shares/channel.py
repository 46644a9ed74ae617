"""What the parent and a worker have between them: a socket pair on which each message is one byte, a word, with the sockets that it is about."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence

READY = b"r"
"""From a worker: it serves."""
NEW = b"n"
"""To a worker: a connection that has just come."""
MOVED = b"m"
"""To a worker: a connection whose request is its visitor's, and a line with what was read of it elsewhere."""
WHETHER, MEASURES = b"w", b"s"
"""From a worker to all others, with a line to each for the answer: whether it is ready; its measures."""
MOVE = 128
"""From a worker: to be given as MOVED to the worker of this number, which is added."""
MOST = 64
"""Workers, and so sockets in one message, at the most."""
PIECE = 65_536


def send(channel: socket.socket, word: bytes, sockets: Sequence[socket.socket]) -> None:
    """Send a message; raises BlockingIOError where there is no room, and OSError where nobody is there. The sockets stay open here."""
    if sockets:
        socket.send_fds(channel, [word], [each.fileno() for each in sockets])
    else:
        channel.send(word)


def receive(channel: socket.socket) -> tuple[bytes, list[socket.socket]]:
    """The next message; an empty word where the other side is gone. Raises BlockingIOError where there is none yet."""
    try:
        word, numbers, _, _ = socket.recv_fds(channel, 1, MOST, getattr(socket, "MSG_CMSG_CLOEXEC", 0))
    except ConnectionError:
        return b"", []
    sockets = [socket.socket(fileno=number) for number in numbers]
    for each in sockets:
        each.setblocking(False)
    return word, sockets


def shut(sockets: Sequence[socket.socket]) -> None:
    """Close them all."""
    for each in sockets:
        each.close()


async def pour(line: socket.socket, content: bytes, seconds: float) -> None:
    """Write something down a line and close it; who does not read it in time has no more of it."""
    with line, contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().sock_sendall(line, content)


async def drain(line: socket.socket, seconds: float) -> bytes:
    """All that comes down a line until it is closed, and nothing where that takes too long."""
    parts = []
    with line, contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            while part := await asyncio.get_running_loop().sock_recv(line, PIECE):
                parts.append(part)
            return b"".join(parts)
    return b""

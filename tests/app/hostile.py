"""What a mischievous client sends, byte for byte, and what it is answered: the vocabulary of the hostile table."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO, NamedTuple

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
"""The kinds of WebSocket frames."""
STILL = 0.2
"""Seconds between two bytes of somebody slow."""


class Answer(NamedTuple):
    """What came back: the status of HTTP, or the code with which a stream was closed, or 0 for a connection that was closed without a word."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def said(self) -> str:
        """The sentence, where it is a problem document; else all of it."""
        try:
            return str(json.loads(self.text)["detail"])
        except (ValueError, KeyError, TypeError):
            return self.text


@dataclass(frozen=True)
class Owned:
    """A session, and the token that opens it."""

    at: str
    token: str


@dataclass(frozen=True)
class Scene:
    """A real server, a session of the mischievous visitor's own, and one of somebody else."""

    host: str
    mine: Owned
    victim: Owned

    def fill(self, text: str) -> str:
        """A text with the server's and the sessions' names put in."""
        places = {"HOST": self.host, "MINE": self.mine.at, "VICTIM": self.victim.at, "TOKEN": self.mine.token}
        for name, value in places.items():
            text = text.replace(name, value)
        return text

    @contextmanager
    def connected(self) -> Iterator[socket.socket]:
        """A connection of its own."""
        with socket.create_connection(("127.0.0.1", int(self.host.rsplit(":", 1)[1])), timeout=10) as made:
            yield made


Attack = Callable[[Scene], Answer]


def read(line: socket.socket) -> Answer:
    """The next answer on a connection."""
    answer = HTTPResponse(line)
    try:
        answer.begin()
        text = answer.read()
    except (HTTPException, OSError):
        return Answer(0, "", {})
    return Answer(answer.status, text.decode("utf-8", "replace"), {name.lower(): value for name, value in answer.getheaders()})


def head(method: str, path: str, headers: dict[str, str]) -> str:
    """The lines of a request of one's own session; a header given as an empty text is left out."""
    lines = {"host": "HOST", "authorization": "Bearer TOKEN", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items() if value), "", ""])


def raw(*pieces: str | bytes) -> Attack:
    """Bytes as they are, the pieces one after the other; a server that has answered need not take the rest."""

    def attack(scene: Scene) -> Answer:
        with scene.connected() as line:
            try:
                for place, piece in enumerate(pieces):
                    if place and len(piece) == 1:
                        time.sleep(STILL)
                    line.sendall(scene.fill(piece).encode() if isinstance(piece, str) else piece)
            except OSError:
                pass
            return read(line)

    return attack


def get(path: str, **headers: str) -> Attack:
    """A request to read."""
    return raw(head("GET", path, headers))


def send(method: str, path: str, body: str | bytes, **headers: str) -> Attack:
    """A request with a body."""
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return raw(head(method, path, {"content_type": "application/json", "content_length": str(len(content)), **headers}), content)


def post(path: str, body: str | bytes, **headers: str) -> Attack:
    """The most usual one."""
    return send("POST", path, body, **headers)


def create(body: str | bytes, **headers: str) -> Attack:
    """A description of a session."""
    return post("/api/sessions", body, **headers)


def upload(text: str | bytes) -> Attack:
    """A table as a file."""
    return post("/api/tables", text, content_type="text/csv")


def chunked(path: str, *chunks: bytes) -> Attack:
    """A body of which nobody says how long it will be."""
    pieces = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return raw(head("POST", path, {"content_type": "application/json", "transfer_encoding": "chunked"}), *pieces, b"0\r\n\r\n")


def after(first: Attack, then: Attack) -> Attack:
    """One after the other; what counts is what the second is answered."""

    def attack(scene: Scene) -> Answer:
        first(scene)
        return then(scene)

    return attack


def frame(kind: int, content: bytes, *, flags: int = 0x80, masked: bool = True, length: int | None = None) -> bytes:
    """A WebSocket frame; `flags` are the final bit and the reserved ones, `length` what it says of its length."""
    size = len(content) if length is None else length
    mask = 0x80 if masked else 0
    wide = bytes([mask | size]) if size < 126 else bytes([mask | 126]) + size.to_bytes(2) if size < 65_536 else bytes([mask | 127]) + size.to_bytes(8)
    return bytes([flags | kind]) + wide + (bytes(4) if masked else b"") + content


def stream(*frames: bytes, path: str = "MINE/stream", **headers: str) -> Attack:
    """Frames on a stream: the code and reason with which it is closed, or as 101 the first sentence that it says."""
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13", "sec_websocket_key": "AAAAAAAAAAAAAAAAAAAAAA=="}

    def attack(scene: Scene) -> Answer:
        with scene.connected() as line, line.makefile("rb") as come:
            line.sendall(scene.fill(head("GET", path, {**upgrade, **headers})).encode())
            greeting = _greeted(come)
            if greeting.status != 101:
                return greeting
            try:
                for each in frames:
                    line.sendall(each)
            except OSError:
                pass
            return _heard(come)

    return attack


def _greeted(come: BinaryIO) -> Answer:
    """The answer to the wish for a stream; what follows it is left."""
    status = int(come.readline().split()[1])
    headers = {}
    while line := come.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return Answer(status, come.read(int(headers.get("content-length", "0"))).decode(), headers)


def _heard(come: BinaryIO) -> Answer:
    while True:
        try:
            start = come.read(2)
        except OSError:
            return Answer(0, "", {})
        if len(start) < 2:
            return Answer(0, "", {})
        kind, size = start[0] & 15, start[1] & 127
        if size > 125:
            size = int.from_bytes(come.read(2 if size == 126 else 8))
        content = come.read(size)
        if kind == CLOSE:
            return Answer(int.from_bytes(content[:2]), content[2:].decode(), {})
        if kind == TEXT and "detail" in json.loads(content):
            return Answer(101, content.decode(), {})

"""No connection is kept open by dripping bytes, whatever was answered before; and one that is merely still is left alone."""

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from tests.app.conftest import process
from tests.app.hostile import read

BETWEEN = 0.1
"""Seconds between two drips."""
MOST = 8.0
"""Seconds after which every dripping connection is closed, on a busy machine; each of the clocks here is set to one second."""
GET = "GET /health HTTP/1.1\r\nhost: HOST\r\n"
POST = "POST /api/sessions HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n"
LONG = "content-length: 1000\r\n\r\n"
CHUNKED = "transfer-encoding: chunked\r\n\r\n"
DRIPS: dict[str, tuple[str, bytes, str]] = {
    "empty lines before the first request": ("", b"\r\n", "408"),
    "empty lines after a request": (f"{GET}\r\n", b"\r\n", "200"),
    "a body that is not read": (GET + LONG, b"x", "200"),
    "chunks that are not read": (GET + CHUNKED, b"1\r\nx\r\n", "200"),
    "the body of what is forbidden": (f"{POST}origin: http://evil.example\r\n{LONG}", b"x", "403"),
    "the body of what is too large": (f"{POST}content-length: 52428800\r\n\r\n", b"x", "413"),
    "the body of what was too slow": (POST + LONG, b"x", "408"),
    "chunks of what was too slow": (POST + CHUNKED, b"1\r\nx\r\n", "408"),
}


@pytest.fixture(scope="module", params=[(), ("--workers", "2")], ids=["one process", "two workers"])
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A server of little patience."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BACKPROP_LAB_HEADER_SECONDS", "1")
        environment.setenv("BACKPROP_LAB_BODY_SECONDS", "1")
        with process(*request.param) as (_, address):
            yield int(address.rsplit(":", 1)[1])


def drip(line: socket.socket, piece: bytes, heard: bytearray) -> bool:
    """Send a little more and take what has come; False where the connection has been closed."""
    try:
        line.sendall(piece)
        part = line.recv(65_536)
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    heard += part
    return bool(part)


def test_who_drips_is_closed(port: int) -> None:
    """All of them at once: each is answered once more at the most, and then it is over."""
    with contextlib.ExitStack() as lines:
        still = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
        still.sendall(f"{GET}\r\n".replace("HOST", f"127.0.0.1:{port}").encode())
        assert read(still).status == 200
        heard, going = {name: bytearray() for name in DRIPS}, {}
        for name, (head, _, _) in DRIPS.items():
            line = going[name] = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            line.sendall(head.replace("HOST", f"127.0.0.1:{port}").encode())
            line.setblocking(False)
        end = time.monotonic() + MOST
        while going and time.monotonic() < end:
            going = {name: line for name, line in going.items() if drip(line, DRIPS[name][1], heard[name])}
            time.sleep(BETWEEN)
        assert not going
        assert {name: bytes(text[9:12]).decode() for name, text in heard.items()} == {name: status for name, (_, _, status) in DRIPS.items()}
        still.sendall(f"{GET}\r\n".replace("HOST", f"127.0.0.1:{port}").encode())
        assert read(still).status == 200


def test_what_is_refused_and_sent_to_its_end_leaves_the_connection(port: int) -> None:
    """Its rest is taken, so that the answer can be read, and the next request is answered on the same connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(f"{POST}origin: http://evil.example\r\n{LONG}".replace("HOST", f"127.0.0.1:{port}").encode())
        assert read(line).status == 403
        line.sendall(b"x" * 1000 + f"{GET}\r\n".replace("HOST", f"127.0.0.1:{port}").encode())
        assert read(line).status == 200

"""Several worker processes behind one address: nobody can tell, but that more is computed at once; and one that dies harms no other's visitors."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from app.lock import locked
from app.schema import Unusable
from app.shares import Share
from tests.app.conftest import eventually, process
from tests.app.test_server import KEPT, ended

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads of its processes in /proc")
Process = subprocess.Popen[str]
Answer = tuple[int, dict[str, str], Any]
CLASS = 6
"""Visitors, of whom each worker has some: the first connections go to the workers in turn."""


def ask(line: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """Status, headers and body of a request on a line that may be used again."""
    content = None if body is None else json.dumps(body)
    line.request(method, path, content, {"content-type": "application/json", **headers})
    answer = line.getresponse()
    text = answer.read()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.loads(text) if text[:1] in (b"{", b"[") else text.decode()


def anew(port: int, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    """The same on a connection of its own."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        return ask(line, method, path, body, **headers)


@dataclass
class Visitor:
    """One who has come, with a session."""

    cookie: str
    id: str
    token: str
    mine: dict[str, str] = field(init=False)
    bearer: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.mine = {"cookie": f"visitor={self.cookie}"}
        self.bearer = {"authorization": f"Bearer {self.token}"}

    @property
    def at(self) -> str:
        return f"/api/sessions/{self.id}"


def arrive(port: int) -> Visitor:
    status, headers, made = anew(port, "POST", "/api/sessions", {})
    assert status == 201
    return Visitor(re.findall(r"visitor=([^;]+)", headers["set-cookie"])[0], made["id"], made["token"])


def ready(port: int) -> bool:
    """Whether all workers are; not where a connection falls to one just as it dies."""
    with contextlib.suppress(ConnectionError):
        return bool(anew(port, "GET", "/health")[2]["ready"])
    return False


def children(server: Process) -> list[int]:
    """The workers, in the order of their numbers (Linux)."""
    return sorted(map(int, Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()))


def alive(number: int) -> bool:
    """Whether a process is there, and not only its name because nobody has asked how it ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@dataclass
class House:
    """A server of two workers with a class on it."""

    server: Process
    port: int
    folder: Path
    visitors: list[Visitor]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("data")
    with process("--workers", "2", "--data", str(folder)) as (server, address):
        port = int(address.rsplit(":", 1)[1])
        yield House(server, port, folder, [arrive(port) for _ in range(CLASS)])


def test_each_visitor_has_their_own_on_every_connection(house: House) -> None:
    """And half of them live in each worker; another's session is nothing."""
    share = Share(count=2)
    assert [share.of_visitor(each.cookie) for each in house.visitors].count(0) == CLASS // 2
    for number, visitor in enumerate(house.visitors):
        assert share.of_visitor(visitor.cookie) == share.of_session(visitor.id)
        for _ in range(3):
            assert [each["id"] for each in anew(house.port, "GET", "/api/sessions", **visitor.mine)[2]["sessions"]] == [visitor.id]
            for other in (house.visitors[number - 1], house.visitors[number - 2]):
                assert anew(house.port, "GET", other.at, **visitor.mine)[0] == 404


def test_a_connection_that_carries_several_visitors_goes_to_each_ones_worker(house: House) -> None:
    """As a proxy's does: the client's end stays the same, and long bodies come along."""
    rows = [[n / 7, n / 3] for n in range(8000)]
    data = {"kind": "table", "inputs": rows, "targets": [[number % 2] for number in range(8000)]}
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)) as line:
        line.connect()
        end = line.sock
        for visitor in [*house.visitors, *house.visitors]:
            status, _, made = ask(line, "POST", "/api/sessions", {"data": data, "layers": [{"kind": "linear", "units": 1}]}, **visitor.mine)
            assert status == 201, made
            assert [each["id"] for each in ask(line, "GET", "/api/sessions", **visitor.mine)[2]["sessions"]] == [visitor.id, made["id"]]
            assert ask(line, "DELETE", f"/api/sessions/{made['id']}", **visitor.mine)[0] == 204
            assert line.sock is end


def test_a_script_needs_its_token_alone(house: House) -> None:
    """Wherever it comes in, and whoever's cookie comes along."""
    for visitor, other in zip(house.visitors, house.visitors[1:], strict=False):
        for more in ({}, {}, other.mine):
            assert anew(house.port, "GET", visitor.at, **visitor.bearer, **more)[2]["id"] == visitor.id
        assert anew(house.port, "GET", visitor.at, **other.bearer)[0] == 404


def test_streams_come_from_the_right_worker(house: House) -> None:
    for visitor in house.visitors[:4]:
        for credentials in (visitor.mine, visitor.bearer):
            with connect(f"ws://127.0.0.1:{house.port}{visitor.at}/stream", additional_headers=credentials) as stream:
                assert json.loads(stream.recv(5))["state"] and isinstance(stream.recv(5), bytes)
                assert anew(house.port, "POST", f"{visitor.at}/step", {}, **visitor.mine)[0] == 200
                assert json.loads(stream.recv(5))["state"]["position"]["update"] > 0


def exchange(port: int, sent: bytes) -> bytes:
    """Everything that is answered to some bytes until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as raw:
        raw.sendall(sent)
        return b"".join(iter(lambda: raw.recv(65_536), b""))


def test_what_cannot_be_moved_is_refused_and_never_empty(house: House) -> None:
    """Two visitors' requests in one breath: the second is told to come again."""
    for one, two in zip(house.visitors, house.visitors[1:], strict=False):
        head = f"GET /api/sessions HTTP/1.1\r\nhost: 127.0.0.1:{house.port}\r\ncookie: visitor="
        answer = exchange(house.port, f"{head}{one.cookie}\r\n\r\n{head}{two.cookie}\r\n\r\n".encode())
        first, second = re.findall(rb"HTTP/1.1 (\d+)", answer)
        assert first == b"200" and one.id.encode() in answer
        assert second == b"421" and b"new connection" in answer and b"connection: close" in answer and two.id.encode() not in answer


def test_a_worker_refuses_in_its_own_words(house: House) -> None:
    """Who sends no request, too much, or from elsewhere; while many who send nothing whole hold nobody up."""
    host = f"host: 127.0.0.1:{house.port}\r\nconnection: close\r\n"
    silent = [socket.create_connection(("127.0.0.1", house.port)) for _ in range(60)]
    for each in silent[::2]:
        each.sendall(b"GET /api/sessions HTTP/1.1\r\nhost: 127.0")
    for _ in range(2):
        assert b" 400 " in (answer := exchange(house.port, b"\x16\x03\x01\x02\x00")) and b"not a request of HTTP/1.1" in answer
        assert b" 431 " in exchange(house.port, f"GET / HTTP/1.1\r\n{host}x: {'x' * 40_000}\r\n\r\n".encode())
        assert b" 421 " in (answer := exchange(house.port, b"GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n")) and b"that name" in answer
        assert b" 403 " in exchange(house.port, f"POST /api/sessions HTTP/1.1\r\n{host}origin: http://evil.example\r\n\r\n".encode())
        assert b" 200 " in exchange(house.port, f"GET /health HTTP/1.1\r\n{host}\r\n".encode())
    for each in silent:
        each.close()


def test_each_answers_for_all(house: House) -> None:
    """Readiness, and the measures with the worker that each is of."""
    for _ in range(2):
        assert anew(house.port, "GET", "/health")[2]["ready"] is True
        measures = anew(house.port, "GET", "/metrics")[2]
        found = dict(re.findall(r'^backprop_lab_sessions\{worker="(\d)"\} (\S+)', measures, re.MULTILINE))
        assert found == {"1": "3.0", "2": "3.0"}
        assert 'backprop_lab_queue_seconds_bucket{le="0.0005",worker="2"}' in measures and measures.count("# TYPE backprop_lab_queue_seconds histogram") == 1
    limits = {each["name"]: each for each in anew(house.port, "GET", "/api/limits")[2]["limits"]}
    assert limits["sessions"]["limit"] == 150 and "in each of 2 workers" in limits["sessions"]["says"]
    assert limits["streams"]["limit"] == 16 and "workers" not in limits["streams"]["says"]


def test_no_other_server_writes_there(house: House) -> None:
    """And nobody else reads it."""
    with pytest.raises(Unusable, match="Another Backprop Lab keeps its sessions in"):
        locked(house.folder)
    assert {path.stat().st_mode & 0o077 for path in house.folder.glob("*.sqlite3")} == {0} and len(list(house.folder.glob("*.sqlite3"))) == 2


def test_a_worker_that_is_killed_comes_back_with_its_sessions(house: House) -> None:
    """To the last bit, and the others' visitors never noticed: their connection is the same one all the time."""
    mine = next(each for each in house.visitors if Share(count=2).of_visitor(each.cookie) == 0)
    other = next(each for each in house.visitors if Share(count=2).of_visitor(each.cookie) == 1)
    for visitor in (mine, other):
        assert anew(house.port, "POST", f"{visitor.at}/step", {"unit": "epoch", "count": 2}, **visitor.mine)[0] == 200
    before = anew(house.port, "GET", f"{mine.at}/parameters", **mine.mine)[2]
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)) as line:
        ask(line, "GET", other.at, **other.mine)
        end = line.sock
        os.kill(children(house.server)[0], signal.SIGKILL)
        eventually(lambda: not ready(house.port))
        assert ask(line, "GET", other.at, **other.mine)[0] == 200 and line.sock is end
        assert anew(house.port, "GET", f"{mine.at}/parameters", **mine.mine)[2] == before
        assert ask(line, "GET", other.at, **other.mine)[0] == 200 and line.sock is end
    assert house.server.stderr
    assert house.server.stderr.readline().startswith("Worker 1 ended by signal 9; it is started again at once, and its sessions come back.")
    eventually(lambda: ready(house.port))


def test_it_ends_well_with_streams_open(tmp_path: Path) -> None:
    """And so do all its workers, whose streams say why they end."""
    with process("--workers", "2", "--data", str(tmp_path)) as (server, address):
        port, workers = int(address.rsplit(":", 1)[1]), children(server)
        visitors = [arrive(port) for _ in range(2)]
        one, two = (connect(f"ws://127.0.0.1:{port}{each.at}/stream", additional_headers=each.bearer) for each in visitors)
        with one, two:
            for stream in (one, two):
                stream.recv(5)
            assert anew(port, "PUT", f"{visitors[0].at}/run", {}, **visitors[0].bearer)[0] == 200
            before = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=10) == 0
            assert time.monotonic() - before < 5
            assert [ended(each) for each in (one, two)] == [(1012, KEPT)] * 2
        assert server.stderr and server.stderr.read() == ""
        assert not any(map(alive, workers))


def test_a_worker_that_does_not_end_is_ended() -> None:
    """In time for the whole server, which says so, also by its exit code."""
    with process("--workers", "2") as (server, _):
        workers = children(server)
        os.kill(workers[0], signal.SIGSTOP)
        before = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 1
        assert time.monotonic() - before < 5
        assert server.stderr and server.stderr.read() == "Worker 1 did not end in time, and was ended.\n"
        assert not any(map(alive, workers))


def test_workers_end_with_their_parent_and_one_server_has_all_that_they_kept(tmp_path: Path) -> None:
    """However it ended. The next server waits for them; it may have another number of workers, and a script still finds its session."""
    with process("--workers", "2", "--data", str(tmp_path)) as (server, address):
        workers = children(server)
        visitors = [arrive(int(address.rsplit(":", 1)[1])) for _ in range(4)]
        server.kill()
    with process("--data", str(tmp_path)) as (_, address):
        eventually(lambda: not any(map(alive, workers)))
        port = int(address.rsplit(":", 1)[1])
        for visitor in visitors:
            assert [each["id"] for each in anew(port, "GET", "/api/sessions", **visitor.mine)[2]["sessions"]] == [visitor.id]
            assert anew(port, "GET", visitor.at, **visitor.bearer)[0] == 200
    assert sorted(path.name for path in tmp_path.glob("*.sqlite3")) == ["sessions.sqlite3"]

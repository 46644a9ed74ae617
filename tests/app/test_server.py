"""The process: it says where it is, refuses in words, and ends with exit code 0 whatever is open."""

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.cli import main, unknown_variables
from app.main import create_app
from app.settings import PROFILES, ROOT, Limits, Settings
from app.store import Store
from tests.app.conftest import eventually, process, visiting


def create(address: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{address}/api/sessions", b"{}", {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def ended(stream: ClientConnection) -> tuple[int, str]:
    """With which code and words a stream was closed, after what had still come."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            stream.recv(5)
    closed = stream.protocol.close_rcvd
    assert closed
    return closed.code, closed.reason


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "app", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30)


KEPT = "The server is stopping; the session is kept."
LOST = "The server is stopping; the session was in memory only."


@pytest.mark.parametrize(("asked", "kept"), [(signal.SIGTERM, True), (signal.SIGINT, False)])
def test_it_ends_well_with_streams_open(asked: signal.Signals, kept: bool, tmp_path: Path) -> None:
    """A run, a stream that acknowledges nothing and a reader of events do not hold it up, and are told why they end and what becomes of their session."""
    with process("--data", str(tmp_path) if kept else "none") as (server, address):
        session = create(address)
        at, bearer = f"{address}/api/sessions/{session['id']}", {"authorization": f"Bearer {session['token']}"}
        with connect(f"{at.replace('http', 'ws', 1)}/stream", additional_headers=bearer) as socket_:
            socket_.recv()
            request = urllib.request.Request(f"{at}/run", b"{}", {**bearer, "content-type": "application/json"}, method="PUT")
            urllib.request.urlopen(request).close()
            with urllib.request.urlopen(urllib.request.Request(f"{at}/events", headers=bearer)) as events:
                assert events.readline() == b"event: frame\n"
                before = time.monotonic()
                server.send_signal(asked)
                assert server.wait(timeout=10) == 0
                assert time.monotonic() - before < 5
                reason = KEPT if kept else LOST
                assert events.read().endswith(f'event: end\ndata: {{"code": 1012, "detail": "{reason}"}}\n\n'.encode())
            assert ended(socket_) == (1012, reason)
        assert server.stderr and server.stderr.read() == ""


def test_saving_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """What was answered has been written down before, so nothing is lost by that."""

    async def never(_: Store) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(Store, "finish", never)
    app = create_app(Settings())
    with TestClient(app):
        app.state.end = 0.0
    assert "Not every session could be saved in time" in caplog.text


def test_it_ends_well_while_it_starts() -> None:
    """Asked when the first of its own modules has just been imported, long before it listens."""
    command = [sys.executable, "-X", "importtime", "-m", "app", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as starting:
        assert starting.stdout and starting.stderr
        next(line for line in starting.stderr if line.rstrip().endswith(" app.settings"))
        starting.send_signal(signal.SIGTERM)
        assert starting.stdout.read() == ""
    assert starting.returncode == 0


def test_a_port_that_is_taken_is_refused_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("--no-browser", "--port", str(port))
    assert answer.returncode == 1 and answer.stdout == ""
    assert answer.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used") and answer.stderr.count("\n") == 1


def test_other_machines_come_in_only_when_that_is_said() -> None:
    answer = run("--host", "0.0.0.0", "--port", "0")
    assert answer.returncode == 1 and "--open" in answer.stderr
    with process("--host", "0.0.0.0", "--open") as (_, address):
        assert address.startswith("http://127.0.0.1:")
        port = address.rsplit(":", 1)[1]
        for host, status in ((f"192.0.2.7:{port}", b"200"), (f"{socket.gethostname()}:{port}", b"200"), ("evil.example", b"421")):
            with socket.create_connection(("127.0.0.1", int(port))) as raw:
                raw.sendall(f"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                assert raw.recv(100).split()[1] == status


def test_health_knows_whether_it_is_there(address: str) -> None:
    port = address.rsplit(":", 1)[1]
    assert run("health", "--port", port).returncode == 0
    with socket.create_server(("127.0.0.1", 0)) as silent:
        free = silent.getsockname()[1]
    assert run("health", "--port", str(free)).returncode == 1


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_is_a_number(port: str) -> None:
    assert "whole number" in run("--port", port).stderr


def test_a_classroom_has_limits_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every preset fits into them; what the environment says goes before; and a profile that is none is refused with those that are."""
    monkeypatch.setenv("BACKPROP_LAB_BRANCHES", "7")
    limits = Limits.from_environment("classroom")
    assert (limits.parameters, limits.branches, Limits.from_environment().parameters) == (50_000, 7, Limits().parameters)
    with visiting(**PROFILES["classroom"]) as client:
        for preset in client.get("/api/presets").json()["presets"]:
            assert client.post("/api/sessions", json=preset["spec"]).status_code == 201, preset["name"]
    answer = run("--profile", "school")
    assert answer.returncode == 2 and "classroom" in answer.stderr


def test_a_limit_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROP_LAB_SESSIONS", "many")
    answer = run("--port", "0")
    assert answer.returncode == 1 and "BACKPROP_LAB_SESSIONS takes a whole number" in answer.stderr


def test_a_paced_run_keeps_its_rate_and_reconnecting_finds_it(address: str) -> None:
    """A client that comes back sees the state, the newest frame, and goes on from there."""
    session = create(address)
    at = f"{address}/api/sessions/{session['id']}"
    stream = f"{at.replace('http', 'ws', 1)}/stream"
    request = urllib.request.Request(
        f"{at}/run", b'{"rate": 100}', {"authorization": f"Bearer {session['token']}", "content-type": "application/json"}, method="PUT"
    )
    seen = []
    for _ in range(3):
        with connect(stream, subprotocols=[f"bearer.{session['token']}"]) as socket_:  # type: ignore[list-item]
            assert json.loads(socket_.recv())["state"]
            frame = socket_.recv()
            assert isinstance(frame, bytes)
            seen.append(int.from_bytes(frame[12:16], "little"))
            urllib.request.urlopen(request).close()
            time.sleep(0.3)
    assert seen[0] == 0 and 10 <= seen[1] < seen[2] <= 100


def test_a_stream_that_never_reads_does_not_stop_the_others(address: str) -> None:
    sessions = [create(address) for _ in range(2)]
    done = threading.Event()
    for session in sessions:
        at, bearer = f"{address}/api/sessions/{session['id']}", {"authorization": f"Bearer {session['token']}"}
        request = urllib.request.Request(f"{at}/run", b"{}", {**bearer, "content-type": "application/json"}, method="PUT")
        urllib.request.urlopen(request).close()
    lazy, brisk = (
        connect(f"{address.replace('http', 'ws', 1)}/api/sessions/{session['id']}/stream", additional_headers={"authorization": f"Bearer {session['token']}"})
        for session in sessions
    )
    with lazy, brisk:
        updates: list[int] = []

        def follow() -> None:
            while not done.is_set():
                message = brisk.recv()
                if isinstance(message, bytes):
                    updates.append(int.from_bytes(message[12:16], "little"))
                    brisk.send(json.dumps({"ack": int.from_bytes(message[8:12], "little")}))

        thread = threading.Thread(target=follow)
        thread.start()
        eventually(lambda: len(updates) > 20)
        done.set()
        thread.join()
    assert updates == sorted(updates) and updates[-1] > updates[0]


@pytest.mark.parametrize(
    ("given", "arguments", "words"),
    [
        ({"PROFILE": "clasroom"}, [], "BACKPROP_LAB_PROFILE takes local or classroom, and 'clasroom' came."),
        ({"PROFILE": ""}, [], "BACKPROP_LAB_PROFILE takes local or classroom, and '' came."),
        ({}, ["--allow-host", "*.school.example"], "takes a name such as lab.school.example"),
        ({"ALLOW_HOST": "lab.example, http://lab.example"}, [], "and 'http://lab.example' came"),
        ({"ALLOW_HOST": "lab.example"}, [], "Going by the name lab.example lets other machines in."),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_words(
    given: dict[str, str], arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"BACKPROP_LAB_{name}", value)
    assert main(["--port", "0", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_a_variable_that_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its like, where there is one; the help names every variable that is one."""
    monkeypatch.setenv("BACKPROP_LAB_SESION", "3")
    monkeypatch.setenv("BACKPROP_LAB_WHATEVER", "3")
    for name in ("HOST", "PORT", "PROFILE", "PROCESSES", "DASK", "CACHE", "DATA", "LOG", "WORKERS", "ROSTER", "CLASS_TOKEN", "ALLOW_HOST", "SESSIONS"):
        monkeypatch.setenv(f"BACKPROP_LAB_{name}", "1")
    assert unknown_variables() == [
        "Warning: BACKPROP_LAB_SESION is no setting of this server; is it BACKPROP_LAB_SESSIONS?",
        "Warning: BACKPROP_LAB_WHATEVER is no setting of this server.",
    ]

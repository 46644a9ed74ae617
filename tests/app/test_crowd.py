"""More connections than there are file handles: who is one too many is told so, others still come in, and the server ends well."""

import contextlib
import json
import signal
import socket
import sys

import pytest

from app.crowd import crowded
from tests.app.conftest import eventually, process
from tests.app.hostile import Answer, read
from tests.app.test_workers import children

HANDLES = 64
CROWD = 130


def said(hosts: list[str], most: int, per_address: int) -> str | None:
    """What the last of those that have come is told."""
    return crowded(hosts, hosts[-1], most, per_address)


def test_there_is_an_end_in_all_and_for_each_address() -> None:
    """A machine's addresses in IPv6 are one, and a quarter of all is never one address's."""
    assert said(["192.0.2.1", "192.0.2.2"], 2, 2) is None
    assert "as many connections as it can take" in str(said(["192.0.2.1", "192.0.2.2", "192.0.2.3"], 2, 2))
    assert "2 connections from your address" in str(said(["192.0.2.1"] * 3, 9, 2))
    assert "2 connections from your address" in str(said(["2001:db8::1", "2001:db8::2", "2001:db8::3"], 9, 2))
    assert said(["192.0.2.1"] * 3 + ["192.0.2.2"], 4, 4) is None
    assert "3 connections from your address" in str(said(["192.0.2.1"] * 4, 4, 4))


def health(port: int, source: str) -> Answer:
    """The server's health, as it is told at an address."""
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0)) as line:
        line.sendall(f"GET /health HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode())
        return read(line)
    return Answer(0, "", {})


@pytest.mark.skipif(sys.platform != "linux", reason="bounds another process's file handles, and has more than one address on the loopback")
@pytest.mark.parametrize("options", [(), ("--workers", "2")], ids=["one process", "two workers"])
def test_more_connections_than_file_handles(options: tuple[str, ...]) -> None:
    """Nobody reads what the server logs meanwhile."""
    import resource

    with process(*options) as (server, address):
        port = int(address.rsplit(":", 1)[1])
        for each in (server.pid, *(children(server) if options else [])):
            resource.prlimit(each, resource.RLIMIT_NOFILE, (HANDLES, HANDLES))
        with contextlib.ExitStack() as stack:
            crowd = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(CROWD)]
            told = read(crowd[-1])
            assert told.status == 503 and "connections from your address" in told.said and told.headers["retry-after"] == "5"
            assert json.loads(health(port, "127.0.0.2").text) == {"status": "ready", "live": True, "ready": True}
        eventually(lambda: health(port, "127.0.0.1").status == 200)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
        assert server.stderr and server.stderr.read() == ""


def test_limits_of_connections_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all of a class come from one address, or few may come at all."""
    monkeypatch.setenv("BACKPROP_LAB_CONNECTIONS", "4")
    monkeypatch.setenv("BACKPROP_LAB_CONNECTIONS_PER_ADDRESS", "2")
    with process() as (_, address), contextlib.ExitStack() as stack:
        port = int(address.rsplit(":", 1)[1])
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10)) for _ in range(3)]
        assert "2 connections from your address" in read(lines[2]).said

"""Where sessions cannot be kept: a sentence that says why and what to do, at the start or in the answer; and nothing that was kept is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import pytest
from starlette.testclient import TestClient

from app.ledger import FILE, Ledger
from app.schema import Unusable
from app.settings import ROOT, Limits, data_folder
from tests.app.conftest import eventually, keeping, process
from tests.app.test_ledger import create, look
from tests.app.test_ledger_start import opened


def test_a_place_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    """In one sentence on the error stream, with the ways out; also where root may write everywhere."""
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "app", "--no-browser", "--port", "0", "--data", str(tmp_path / "file" / "data")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (answer.returncode, answer.stdout) == (1, "") and answer.stderr.count("\n") == 1
    assert answer.stderr.startswith("Sessions cannot be kept in") and "--data none" in answer.stderr
    if os.geteuid():
        (tmp_path / "closed").mkdir(mode=0o500)
        with pytest.raises(Unusable, match="cannot be written"):
            opened(tmp_path / "closed")


def test_a_place_that_nobody_chose_does_not_stop_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the usual place is another server's already, the second one says so and keeps sessions in memory."""
    monkeypatch.delenv("BACKPROP_LAB_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = data_folder()
    assert folder
    held = Ledger(folder, Limits().kept)
    with process() as (server, _):
        assert server.stdout and server.stdout.readline() == "Sessions are kept in memory only.\n"
        server.terminate()
        server.wait()
        assert server.stderr and server.stderr.read().startswith(f"Another Backprop Lab keeps its sessions in {folder}.")
    held.close()


def test_two_servers_do_not_share_a_folder(tmp_path: Path) -> None:
    """And one that was killed leaves it to the next."""
    with process("--data", str(tmp_path)) as (server, _):
        with pytest.raises(Unusable, match=r"Another Backprop Lab keeps its sessions in .*--data"):
            opened(tmp_path)
        assert server.stdout and server.stdout.readline() == f"Sessions are kept in {tmp_path}.\n"
        server.send_signal(signal.SIGKILL)
        server.wait()
        opened(tmp_path)


@pytest.mark.parametrize("name, mode", [(FILE, 0o600), ("", 0o700)])
def test_nobody_else_reads_them(tmp_path: Path, name: str, mode: int) -> None:
    opened(tmp_path / "new")
    assert (tmp_path / "new" / name).stat().st_mode & 0o777 == mode


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    """No new session, no command: neither is done. What runs is stopped all the same, and what was answered before is there after a restart."""
    with keeping(tmp_path, kept=100_000) as client:
        at = create(client)
        for values in ({"0.W": [[0.1] * 4] * 2, "2.W": [[0.123456789] * 4] * 4}, {"0.W[0,0]": 0.1}):
            while client.patch(f"{at}/parameters", json={"parameters": values}).status_code == 200:
                pass
        full = client.patch(f"{at}/parameters", json={"parameters": {"0.W[0,0]": 0.5}})
        assert full.status_code == 507 and "Free some space" in full.json()["detail"]
        before = look(client, at)
        assert before["parameters"]["parameters"]["0.W"][0][0] == 0.1
        assert client.post("/api/sessions", json={"data": {"kind": "table", "inputs": [[0.123456789]] * 9000, "targets": [[0.0]] * 9000}}).status_code == 507
    with keeping(tmp_path) as again:
        again.cookies = client.cookies
        assert look(again, at) == before
        assert again.post(f"{at}/step", json={}).status_code == 200


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process may be written further than that: to SQLite much like a full disk."""
    resource = pytest.importorskip("resource", reason="this system has no limit to the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_session_can_be_deleted_on_a_full_disk(tmp_path: Path) -> None:
    """That takes no new space; where it does, or nothing can be written, this is said and it is there still."""
    with keeping(tmp_path) as client:
        first, second, third = (create(client) for _ in range(3))
        step = {"json": {"parameters": {"0.W[0,0]": 0.5}}}
        with files_of_at_most((tmp_path / f"{FILE}-wal").stat().st_size):
            full = eventually_full(client, first)
            assert "Free some space: delete a session, or ask whoever runs the server" in full
            assert client.delete(second).status_code == 204
            assert client.patch(f"{first}/parameters", **step).status_code == 200
        with files_of_at_most(0):
            stuck = client.delete(third)
            assert stuck.status_code == 507 and "not even a deletion" in stuck.json()["detail"]
            assert "Whoever runs it can free some space" in stuck.json()["detail"]
        assert client.get(second).status_code == 404 and client.get(third).status_code == 200
        assert client.delete(third).status_code == 204
        before = look(client, first)
    with keeping(tmp_path) as again:
        again.cookies = client.cookies
        assert look(again, first) == before and len(again.get("/api/sessions").json()["sessions"]) == 1


def eventually_full(client: TestClient, at: str) -> str:
    """Give orders until one cannot be written down; what is said then."""
    for _ in range(100):
        answer = client.patch(f"{at}/parameters", json={"parameters": {"0.W[0,0]": 0.25}})
        if answer.status_code != 200:
            assert answer.status_code == 507
            return str(answer.json()["detail"])
    raise AssertionError("there was always room")


def test_an_order_does_not_wait_long_for_another_program(tmp_path: Path) -> None:
    """Everybody would wait with it. It is refused in words and not done; what is only read is answered meanwhile."""
    with keeping(tmp_path) as client, closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        at = create(client)
        before = look(client, at)
        other.execute("BEGIN IMMEDIATE")
        began = monotonic()
        for _ in range(5):
            held = client.post(f"{at}/step", json={})
            assert held.status_code == 503 and held.headers["retry-after"] == "2" and "Another program holds the file" in held.json()["detail"]
        assert monotonic() - began < 3
        assert look(client, at) == before
        other.execute("ROLLBACK")
        assert client.post(f"{at}/step", json={}).json()["position"]["update"] == 1


def test_a_session_that_cannot_be_saved_goes_on_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run on a full disk: it is not stopped, its state says that it is in memory only; with space again, it is saved."""
    with keeping(tmp_path) as client:
        at = create(client)
        ledger = client.app.state.ledger  # type: ignore[attr-defined]
        ledger._rest.execute("PRAGMA max_page_count = 1")
        client.put(f"{at}/run", json={})
        eventually(lambda: "disk of this server is full" in client.get(at).json()["state"].get("notice", ""))
        assert client.get(at).json()["state"]["running"]
        ledger._rest.execute("PRAGMA max_page_count = 1000000")
        eventually(lambda: "notice" not in client.get(at).json()["state"])
        client.delete(f"{at}/run")
        before = look(client, at)
    with keeping(tmp_path) as again:
        again.cookies = client.cookies
        assert look(again, at) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE pieces SET content = zeroblob(length(content)) WHERE session = 2",
        "DELETE FROM pieces WHERE session = 2",
        "INSERT INTO orders VALUES (2, 1000, 'no JSON')",
        "UPDATE sessions SET told = '{' WHERE number = 2",
        "UPDATE sessions SET spec = '{' WHERE number = 2",
    ],
)
def test_a_damaged_session_is_said_and_the_others_are_there(tmp_path: Path, damage: str) -> None:
    with keeping(tmp_path) as client:
        good, bad = create(client), create(client)
        for at in (good, bad):
            client.post(f"{at}/step", json={"count": 3})
    with sqlite3.connect(tmp_path / FILE) as db:
        db.execute(damage)
    with keeping(tmp_path) as again:
        again.cookies = client.cookies
        for _ in range(2):
            refused = again.get(bad)
            assert refused.status_code == 503 and "cannot be read" in refused.json()["detail"] and "Nothing of it was changed" in refused.json()["detail"]
        assert again.get(good).json()["position"]["update"] == 3
        assert {each["id"] for each in again.get("/api/sessions").json()["sessions"]} == {at.rsplit("/", 1)[1] for at in (good, bad)}


def test_where_they_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was chosen, else the variable, else this system's place for a user's data; `none` is nowhere."""
    assert data_folder("none") is None and data_folder("x") == Path("x").absolute()
    monkeypatch.setenv("BACKPROP_LAB_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("BACKPROP_LAB_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    found = data_folder()
    assert found and tmp_path in found.parents

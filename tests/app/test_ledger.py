"""Sessions that are kept: over a restart, over a crash at any moment, out of memory and back, and until they are deleted."""

import shutil
import sqlite3
import threading
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import book
from app.ledger import FILE
from app.settings import Limits
from engine import Position, Session, SessionSpec, saved
from tests.app.conftest import eventually, keeping, visiting

Commands = list[tuple[str, str, Any]]
COMMANDS: Commands = [
    ("POST", "step", {"count": 7}),
    ("PATCH", "parameters", {"parameters": {"0.W[0,1]": 0.1, "0.b": [0.3, 1 / 3, -2.5e-7, 1e300]}}),
    ("POST", "forward", None),
    ("PATCH", "settings", {"optimizer": {"kind": "adam", "learning_rate": 0.01}}),
    ("POST", "step", {"unit": "epoch", "count": 2}),
    ("POST", "step", {"unit": "op", "count": -40}),
    ("PATCH", "settings", {"clip": {"kind": "norm", "limit": 0.5}, "bug": {"kind": "missing_mean"}}),
    ("POST", "step", {"count": 5}),
    ("POST", "branches", {"position": {"update": 3, "instruction": 4}, "name": "early", "settings": {"l2": 0.01}}),
    ("POST", "step", {"unit": "layer", "count": 9}),
    ("PATCH", "parameters", {"parameters": {"nowhere": 1}}),
    ("PATCH", "branches/1", {"name": "first"}),
    ("PUT", "branch", {"id": 2}),
    ("PUT", "position", {"update": 9, "instruction": 2}),
    ("POST", "backward", None),
    ("DELETE", "branches/1", None),
]


def create(client: TestClient, spec: dict[str, Any] | None = None) -> str:
    """The address of a new session."""
    answer = client.post("/api/sessions", json=spec or {})
    assert answer.status_code == 201, answer.text
    return f"/api/sessions/{answer.json()['id']}"


def give(client: TestClient, at: str, commands: Commands) -> None:
    """Give commands one after another."""
    for method, path, body in commands:
        client.request(method, f"{at}/{path}", json=body)


def look(client: TestClient, at: str) -> dict[str, Any]:
    """Everything that is told of a session, but for what only says that one must look again."""
    found = {name: client.get(f"{at}/{name}").json() for name in ("parameters", "gradients", "metrics", "branches", "predictions")}
    whole = client.get(at).json()
    for passing in ("serial", "revision", "marks", "notice"):
        whole["state"].pop(passing, None)
    whole["bytes"].pop("past")  # copies that replay makes anew where it passes
    return {**found, "whole": whole}


def crashed(folder: Path, aside: Path) -> Path:
    """What a server that is killed at this moment leaves behind."""
    aside.mkdir()
    for name in (FILE, f"{FILE}-wal"):
        if (folder / name).exists():
            shutil.copy(folder / name, aside / name)
    return aside


def count(folder: Path, table: str) -> int:
    """The rows of a table."""
    with sqlite3.connect(folder / FILE) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.mark.parametrize("leave", ["stopped", "killed"])
@pytest.mark.parametrize("saved", ["never", "often"])
def test_it_is_there_again_bit_for_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leave: str, saved: str) -> None:
    """After every kind of command, for its owner and for whoever has its token, with its past and its future; whether replayed from the beginning or not."""
    monkeypatch.setattr(book, "LEAST", 0.0 if saved == "often" else 1e9)
    with keeping(tmp_path / "a") as client:
        at = create(client)
        give(client, at, COMMANDS)
        before = look(client, at)
        token = client.get(at).json()["token"]
        aside = crashed(tmp_path / "a", tmp_path / "b")
        give(client, at, [("POST", "step", {"count": 30}), ("POST", "step", {"unit": "op", "count": -100})])
        later = look(client, at)
    with keeping(aside if leave == "killed" else tmp_path / "a") as again:
        assert again.get(at).status_code == 404
        bearer = {"authorization": f"Bearer {token}"}
        assert again.get(at, headers=bearer).json()["token"] == token
        again.cookies = client.cookies
        if leave == "killed":
            assert "started again" in again.get(at).json()["state"]["notice"]
            assert look(again, at) == before
            give(again, at, [("POST", "step", {"count": 30}), ("POST", "step", {"unit": "op", "count": -100})])
        assert look(again, at) == later
        listed = again.get("/api/sessions").json()["sessions"]
        assert [each["id"] for each in listed] == [at.rsplit("/", 1)[1]] and listed[0]["position"] == later["whole"]["position"]


def test_a_run_goes_on_by_itself(tmp_path: Path) -> None:
    """Killed in the middle of a run: it trains on before anybody asks, and where it stops its numbers are those of an undisturbed session."""
    with keeping(tmp_path / "a") as client:
        at = create(client)
        client.put(f"{at}/run", json={"breakpoints": [{"kind": "accuracy_passes", "mark": 1.0}]})
        eventually(lambda: client.get(at).json()["position"]["update"] > 50)
        aside = crashed(tmp_path / "a", tmp_path / "b")
    with keeping(aside) as again:
        again.cookies = client.cookies
        store = again.app.state.store  # type: ignore[attr-defined]
        eventually(lambda: store.get(at.rsplit("/", 1)[1]))
        eventually(lambda: again.get(at).json()["position"]["update"] > 100)
        assert again.get(at).json()["state"]["running"]
        stopped = again.delete(f"{at}/run").json()["position"]
        alone = Session(SessionSpec())
        alone.run(Position(stopped["update"], stopped["instruction"]))
        assert again.get(f"{at}/parameters").json()["parameters"] == alone.parameters()


def test_a_long_step_that_was_stopped_is_where_it_was_stopped(tmp_path: Path) -> None:
    wide = {"layers": [{"kind": "linear", "units": 256}, {"kind": "tanh"}, {"kind": "linear", "units": 256}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]}
    with keeping(tmp_path / "a") as client:
        at = create(client, wide)
        thread = threading.Thread(target=lambda: client.post(f"{at}/step", json={"count": 10_000}))
        thread.start()
        eventually(lambda: client.get(at).json()["position"]["update"] > 0)
        client.delete(f"{at}/run")
        thread.join(10)
        before = look(client, at)
        aside = crashed(tmp_path / "a", tmp_path / "b")
    with keeping(aside) as again:
        again.cookies = client.cookies
        assert look(again, at) == before


def test_idle_sessions_leave_memory_and_come_back(tmp_path: Path) -> None:
    """Never one that runs or is listened to; and who comes back notices nothing."""
    with keeping(tmp_path, idle_minutes=1) as client:
        idle, running, heard = create(client), create(client), create(client)
        give(client, idle, COMMANDS)
        before = look(client, idle)
        client.put(f"{running}/run", json={"rate": 1})
        store = client.app.state.store  # type: ignore[attr-defined]
        with client.websocket_connect(f"ws://127.0.0.1:8000{heard}/stream") as socket:
            socket.receive_json()
            ids = [at.rsplit("/", 1)[1] for at in (idle, running, heard)]
            eventually(lambda: store.get(ids[2]).listeners)
            for each in ids:
                store.get(each).used = monotonic() - 3600
            client.portal.call(store.free_idle)  # type: ignore[union-attr]
            assert [store.get(each) is not None for each in ids] == [False, True, True]
        assert look(client, idle) == before and store.get(ids[0]) is not None
        assert "notice" not in client.get(idle).json()["state"]


def test_a_full_memory_puts_away_what_nobody_uses(tmp_path: Path) -> None:
    with keeping(tmp_path, sessions=1) as client:
        first = create(client)
        client.post(f"{first}/step", json={"count": 3})
        assert client.post("/api/sessions", json={}).status_code == 429
        store = client.app.state.store  # type: ignore[attr-defined]
        store.get(first.rsplit("/", 1)[1]).used -= 100
        second = create(client)
        assert client.get(first).status_code == 429
        store.get(second.rsplit("/", 1)[1]).used -= 100
        assert client.get(first).json()["position"]["update"] == 3


def test_what_nobody_uses_for_a_day_is_deleted(tmp_path: Path) -> None:
    """Only what is out of memory; and of what is deleted nothing is left."""
    assert Limits().kept_hours == 24
    with keeping(tmp_path, idle_minutes=1, kept_hours=2) as client:
        old, new = create(client), create(client)
        give(client, old, COMMANDS)
        store = client.app.state.store  # type: ignore[attr-defined]
        for at, hours in ((old, 3), (new, 1)):
            store.get(at.rsplit("/", 1)[1]).used -= 3600 * hours
        client.portal.call(store.free_idle)  # type: ignore[union-attr]
        assert [client.get(at).status_code for at in (old, new)] == [404, 200]
        assert client.delete(new).status_code == 204
        assert [count(tmp_path, table) for table in ("sessions", "orders", "pieces")] == [0, 0, 0]


def test_the_file_has_room_for_a_new_session_while_an_old_one_is_unused(tmp_path: Path) -> None:
    """What nobody has used for longest makes room, never what is in memory."""
    rows = {
        "data": {"kind": "table", "inputs": [[0.123456789 * n] for n in range(700)], "targets": [[0.0]] * 700},
        "layers": [{"kind": "linear", "units": 1}],
    }
    with keeping(tmp_path, kept=500_000) as client:
        first = create(client, rows)
    with keeping(tmp_path, kept=500_000) as again:
        again.cookies = client.cookies
        assert again.get("/api/sessions").json()["sessions"][0]["position"] == {"update": 0, "instruction": 0}
        later: list[str] = []
        while first.endswith(again.get("/api/sessions").json()["sessions"][0]["id"]):
            later.append(create(again, rows))
        assert len(later) > 3 and all(again.get(at).status_code == 200 for at in later)


def test_the_oldest_of_a_visitor_makes_room_on_disk_too(tmp_path: Path) -> None:
    with keeping(tmp_path, sessions_per_visitor=2) as client:
        first, second = create(client), create(client)
        client.post(f"{second}/step", json={})
    with keeping(tmp_path, sessions_per_visitor=2) as again:
        again.cookies = client.cookies
        assert again.get(second).status_code == 200
        third = create(again)
        assert [again.get(at).status_code for at in (first, second, third)] == [404, 200, 200]


def test_on_another_machine_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another arithmetic: the saved state as it was, the orders since left out, and a sentence."""
    with keeping(tmp_path / "a") as client:
        at = create(client)
        client.post(f"{at}/step", json={"count": 20})
    with keeping(tmp_path / "a") as client_:
        client_.cookies = client.cookies
        before = client_.get(f"{at}/parameters").json()
        monkeypatch.setattr(book, "LEAST", 1e9)
        give(client_, at, [("POST", "step", {"count": 5}), ("PATCH", "settings", {"learning_rate": 0.5})])
        aside = crashed(tmp_path / "a", tmp_path / "b")
    other = {**saved.fingerprint(), "bits": "others"}
    monkeypatch.setattr(saved, "fingerprint", lambda: other)
    for first in (True, False):
        with keeping(aside) as again:
            again.cookies = client.cookies
            assert again.get(f"{at}/parameters").json() == before
            if first:
                said = again.get(at).json()["state"]["notice"]
                assert "could not be replayed" in said and "update 20, without what was done in the last 2 commands" in said
                refused = again.post(f"{at}/step", json={"count": -1})
                assert refused.status_code == 409 and "go back to update 20" in refused.json()["detail"]


def test_without_a_ledger_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with visiting() as client:
        give(client, create(client), COMMANDS)
    assert list(tmp_path.iterdir()) == []


def test_a_long_state_is_written_in_pieces(tmp_path: Path) -> None:
    wide = {"layers": [{"kind": "linear", "units": 200}, {"kind": "tanh"}, {"kind": "linear", "units": 200}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]}
    with keeping(tmp_path) as client:
        at = create(client, wide)
        client.post(f"{at}/step", json={"count": 3})
        before = look(client, at)
    assert count(tmp_path, "pieces") > 3 and count(tmp_path, "orders") == 0
    with keeping(tmp_path) as again:
        again.cookies = client.cookies
        assert look(again, at) == before

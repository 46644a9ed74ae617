"""Who is whose: visitors and sessions fall to workers by their digests, and their rows are moved when there are other workers, whatever comes between."""

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient, WebSocketDenialResponse

from app.access import GUEST
from app.cli import main
from app.keys import fingerprint, named, token
from app.ledger import Ledger
from app.main import create_app
from app.roster import Learner
from app.schema import Unusable
from app.settings import Limits, Settings
from app.shares import WHOLE, Share, files
from app.shares.files import divided, share_out
from app.shares.moving import home
from app.shares.part import Part
from tests.app.conftest import HOST, keeping

VISITORS = [f"visitor-number-{number:06d}" for number in range(5)]


def mine(visitor: str) -> dict[str, str]:
    return {"cookie": f"visitor={visitor}"}


def look(client: TestClient, visitor: str) -> dict[str, Any]:
    """All that a visitor has, to the last bit."""
    found = client.get("/api/sessions", headers=mine(visitor)).json()["sessions"]
    return {each["id"]: [each, client.get(f"/api/sessions/{each['id']}/parameters", headers=mine(visitor)).json()] for each in found}


@contextmanager
def workers(folder: Path, count: int) -> Iterator[list[TestClient]]:
    """So many workers in this process, each with its file."""
    key, astray = share_out(folder, count)
    with ExitStack() as stack:
        made = []
        for number in range(count):
            with open(folder / f"lock-{number}", "wb") as lock:
                ledger = Ledger(folder, Limits().kept, number, lock)
            app = create_app(Settings(workers=count).shared(), ledger, Part(key, Share(number, count, astray)))
            made.append(stack.enter_context(TestClient(app, base_url=HOST)))
        yield made


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """What visitors have in a server of one process: saved states, and orders since then."""
    with keeping(tmp_path) as client:
        for number, visitor in enumerate(VISITORS):
            for spec in ({}, {"seed": number})[: 1 + number % 2]:
                made = client.post("/api/sessions", json=spec, headers=mine(visitor)).json()
                client.post(f"/api/sessions/{made['id']}/step", json={"count": 3}, headers=mine(visitor))
        return {visitor: look(client, visitor) for visitor in VISITORS}


def test_sessions_move_to_their_owners_worker_and_back(tmp_path: Path, kept: dict[str, dict[str, Any]]) -> None:
    """From one worker to two, to three, and to one: nothing is lost, nothing is double, no bit is another, and tokens open what they opened."""
    with keeping(tmp_path) as client:
        tokens = {id_: client.get(f"/api/sessions/{id_}", headers=mine(visitor)).json()["token"] for visitor in VISITORS for id_ in kept[visitor]}
    for count in (2, 3):
        with workers(tmp_path, count) as clients:
            share: Share = clients[0].app.state.share  # type: ignore[attr-defined]
            assert divided(tmp_path) and share.astray
            for visitor in VISITORS:
                client = clients[share.of_visitor(visitor)]
                assert look(client, visitor) == kept[visitor]
                for id_ in kept[visitor]:
                    assert client is clients[share.of_session(id_)]
                    bearer = {"authorization": f"Bearer {tokens[id_]}"}
                    assert [each.get(f"/api/sessions/{id_}", headers=bearer).status_code for each in clients].count(200) == 1
                    assert client.get(f"/api/sessions/{id_}", headers=bearer).status_code == 200
                    assert client.post(f"/api/sessions/{id_}/step", json={"unit": "op", "count": 2}, headers=bearer).status_code == 200
                kept[visitor] = look(client, visitor)
                assert {each.get("/api/sessions", headers=mine(visitor)).status_code for each in clients if each is not client} == {421}
    share_out(tmp_path, 1)
    assert not divided(tmp_path) and sorted(path.name for path in tmp_path.glob("*.sqlite3*")) == ["sessions.sqlite3"]
    with keeping(tmp_path) as client:
        for visitor in VISITORS:
            assert look(client, visitor) == kept[visitor]


@pytest.mark.parametrize("then", [1, 3])
def test_a_move_that_is_cut_short_loses_nothing(tmp_path: Path, kept: dict[str, dict[str, Any]], then: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rows are in both files already, and whatever number of workers comes next."""
    with monkeypatch.context() as patched:
        patched.setattr(files, "_delete", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("database or disk is full")))
        with pytest.raises(Unusable, match=r"could not be shared out between 2 workers: the disk is full\. None of them is lost"):
            share_out(tmp_path, 2)
    rows = [id_ for path in tmp_path.glob("*.sqlite3") for id_ in ids(path)]
    assert len(rows) > len(set(rows)) == sum(map(len, kept.values()))
    with workers(tmp_path, then) as clients:
        share: Share = clients[0].app.state.share  # type: ignore[attr-defined]
        assert {visitor: look(clients[share.of_visitor(visitor)], visitor) for visitor in VISITORS} == kept
    rows = [id_ for path in tmp_path.glob("*.sqlite3") for id_ in ids(path)]
    assert sorted(rows) == sorted(id_ for found in kept.values() for id_ in found)


def ids(path: Path) -> list[str]:
    """The sessions in a file."""
    with closing(sqlite3.connect(path)) as db:
        return [id_ for (id_,) in db.execute("SELECT id FROM sessions")]


def test_what_is_made_falls_to_its_maker() -> None:
    for number in range(5):
        share = Share(number, 5)
        visitor, session = share.visitor(), share.session()
        assert share.of_visitor(visitor) == share.of_owner(fingerprint(visitor)) == share.of_session(session) == number
        assert (len(visitor), len(session)) == (len(WHOLE.visitor()), len(WHOLE.session())) == (32, 22)


def request(path: str, **headers: str) -> HTTPConnection:
    return HTTPConnection({"type": "http", "path": path, "headers": [(name.encode(), value.encode()) for name, value in headers.items()]})


def test_whose_a_request_is() -> None:
    """A token's is the session's, all else is the visitor's; and what is the same for everybody is nobody's."""
    one, two = Share(0, 2), Share(1, 2)
    visitor, session = one.visitor(), two.session()
    at = f"/api/sessions/{session}/step"
    assert home(request("/static/js/main.js", **mine(visitor)), two) is None
    assert home(request("/", **mine(visitor)), two) is None
    assert home(request("/api/sessions"), two) is None
    assert home(request("/api/sessions", **mine("short")), two) is None
    assert home(request("/api/sweeps", **mine(visitor)), two) == 0
    assert home(request(at, **mine(visitor)), two) == 0
    assert home(request(at, **mine(visitor), authorization="Bearer x"), two) == 1
    assert home(request(at, **{"sec-websocket-protocol": "bearer.x"}), two) == 1
    assert home(request(at), two) == 1
    assert home(request(at, authorization="Bearer x"), Share(1, 2, {session: 0})) == 0


def test_a_learner_is_at_home_wherever_the_word_is_said() -> None:
    """By the word of a roster, from which the visitor follows; a session's token goes before it, and the word is none."""
    key, session = b"k" * 32, Share(1, 2).session()
    expected = Share(count=2).of_visitor(named(key, "ada"))
    app = create_app(Settings(roster=(Learner("Ada", "ada-and-her-word"),), workers=2), None, Part(key, Share(0, 2)))
    with TestClient(app, base_url=HOST):
        for path in ("/api/sessions", f"/api/sessions/{session}"):
            said = request(path, authorization="Bearer ada-and-her-word")
            said.scope[GUEST] = app.state.door.guest(said)
            assert home(said, Share(0, 2)) == expected
        other = request(f"/api/sessions/{session}", authorization=f"Bearer {token(key, session)}")
        other.scope[GUEST] = app.state.door.guest(other)
        assert home(other, Share(0, 2)) == 1


def test_a_worker_answers_nothing_that_another_has() -> None:
    """Where a connection was not moved: no call below /api/, and no stream."""
    visitor, session = Share(1, 2).visitor(), Share(1, 2).session()
    with TestClient(create_app(Settings(workers=2), None, Part(b"k" * 32, Share(0, 2))), base_url=HOST) as client:
        for method, path in (("GET", "/api/sessions"), ("POST", "/api/sessions"), ("GET", "/api/sweeps"), ("GET", f"/api/sessions/{session}/graph")):
            answer = client.request(method, path, headers=mine(visitor), json={} if method == "POST" else None)
            assert answer.status_code == 421 and answer.headers["connection"] == "close" and "new connection" in answer.json()["detail"]
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect(f"ws://127.0.0.1:8000/api/sessions/{session}/stream", headers=mine(visitor)),
        ):
            pass
        assert refused.value.status_code == 421
        assert client.get("/", headers=mine(visitor)).status_code == 200


def test_what_the_whole_server_may_is_shared_and_what_one_visitor_may_is_not() -> None:
    whole = Settings(limits=Limits(), processes=4, workers=3)
    part = whole.shared()
    assert (part.limits.sessions, part.limits.kept, part.processes) == (100, -(-Limits().kept // 3), 1)
    assert (part.limits.sessions_per_visitor, part.limits.streams, part.limits.parameters) == (30, 16, 700_000)
    assert Limits(trials=16).shared(8).trials == Limits().treatments


def test_one_process_has_everybody() -> None:
    assert Settings().shared() == Settings()
    assert {WHOLE.of_visitor(visitor) for visitor in VISITORS} == {0}


def test_several_are_had_where_the_system_can_and_in_numbers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for number in ("0", "65", "x"):
        with pytest.raises(SystemExit):
            main(["--workers", number])
        assert "1 to 64 processes" in capsys.readouterr().err
    monkeypatch.delattr(socket, "send_fds", raising=False)
    assert main(["--workers", "2", "--port", "0", "--no-browser"]) == 1
    assert "--workers is not for it" in capsys.readouterr().err

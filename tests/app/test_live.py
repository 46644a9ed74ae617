"""A live session: commands in turn, runs that end in words, and no session that is in another's way."""

import threading
from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.live import Live
from engine.history import History
from engine.position import Position
from tests.app.conftest import eventually, visiting

DIVERGES = {"optimizer": {"kind": "sgd", "learning_rate": 1.0}, "layers": [{"kind": "linear", "units": 1}],
            "data": {"kind": "table", "inputs": [[1e3, 0.0], [0.0, 1e3]], "targets": [[1e3], [-1e3]], "task": "regression"},
            "loss": {"kind": "mean_squared_error"}}  # fmt: skip


def create(client: TestClient, spec: dict[str, Any] | None = None) -> str:
    answer = client.post("/api/sessions", json=spec or {})
    assert answer.status_code == 201, answer.text
    return f"/api/sessions/{answer.json()['id']}"


def live(client: TestClient, at: str) -> Live:
    found = client.app.state.store.get(at.rsplit("/", 1)[1])  # type: ignore[attr-defined]
    assert isinstance(found, Live)
    return found


def state(client: TestClient, at: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(at).json()["state"]
    return found


def test_a_step_of_another_gets_in_between_the_pieces_of_a_long_record(client: TestClient, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are a piece, and a slice is one of them; another session's step is asked for in the middle of the first."""
    monkeypatch.setattr("engine.reading.MILLISECONDS", 0.001)
    for module in ("app.live", "app.scheduler"):
        monkeypatch.setattr(f"{module}.QUANTUM", 1e-9)
    long = live(client, create(client))
    other, order, settle = live(client, at), list[str](), History.settle

    def settled(history: History, deadline: float | None = None) -> bool:
        ended = settle(history, deadline)
        if history.session is long.session and history.begun:
            order.append("piece")
            if len(order) == 1:
                long._scheduler.submit(lambda: order.append(f"step {other.session.run(Position(1, 0))}"))
        return ended

    monkeypatch.setattr(History, "settle", settled)
    assert client.post(f"/api/sessions/{long.id}/step", json={"unit": "batch"}).json()["position"]["update"] == 1
    assert order[:3] == ["piece", "step True", "piece"] and len(order) > 4
    assert [point["update"] for point in long.session.history.points] == [0, 1]


@pytest.mark.parametrize("path", ["predictions", "surface?resolution=9"])
def test_a_long_reading_is_of_one_moment_of_a_run(client: TestClient, at: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.reading.MILLISECONDS", 0.001)
    monkeypatch.setattr("app.scheduler.QUANTUM", 1e-9)
    session = live(client, create(client)).session
    mine = next(each for each in client.app.state.store.living() if each.session is session)  # type: ignore[attr-defined]
    moments, expected, hold = list[Position](), list[dict[str, Any]](), session.hold

    def held(pieces: Iterator[None]) -> None:
        expected.append(session.predictions() if path == "predictions" else session.surface(9))

        def watched() -> Iterator[None]:
            for _ in pieces:
                moments.append(session.position)
                yield

        hold(watched())

    monkeypatch.setattr(session, "hold", held)
    client.put(f"/api/sessions/{mine.id}/run", json={})
    assert client.get(f"/api/sessions/{mine.id}/{path}").json() == expected[0]
    assert len(moments) > 2 and len(set(moments)) == 1


def test_a_reading_that_is_refused_leaves_the_run_alone(client: TestClient) -> None:
    at = create(client, {"data": {"kind": "table", "inputs": [[0, 1, 2], [3, 4, 5]], "targets": [[1], [0]]}})
    client.put(f"{at}/run", json={})
    answer = client.get(f"{at}/surface")
    assert answer.status_code == 409 and "a surface needs" in answer.text.lower()
    assert state(client, at)["running"]


def test_a_paced_run_neither_hurries_nor_dawdles(client: TestClient, at: str) -> None:
    client.put(f"{at}/run", json={"rate": 100})
    sleep(0.4)
    assert 10 <= client.delete(f"{at}/run").json()["position"]["update"] <= 60


@pytest.mark.parametrize("unit", ["op", "layer", "pass", "batch", "epoch"])
def test_a_run_goes_by_units(client: TestClient, at: str, unit: str) -> None:
    client.put(f"{at}/run", json={"unit": unit, "rate": 1000})
    eventually(lambda: state(client, at)["position"] != {"update": 0, "instruction": 0})
    stopped = client.delete(f"{at}/run").json()
    assert stopped["running"] is False and stopped["unit"] is None
    assert unit in ("op", "layer", "pass") or stopped["position"]["instruction"] == 0


def test_a_run_that_nobody_hears_stops() -> None:
    with visiting(unheard_seconds=0) as client:
        at = create(client)
        client.put(f"{at}/run", json={})
        eventually(lambda: not state(client, at)["running"])
        assert "nobody has listened" in state(client, at)["notice"]


def test_a_run_that_diverges_stops_and_says_so(client: TestClient) -> None:
    at = create(client, DIVERGES)
    client.put(f"{at}/run", json={})
    eventually(lambda: not state(client, at)["running"])
    found = state(client, at)
    assert found["diverged"] and "not finite" in found["notice"]
    for path in (
        "gradients",
        "parameters",
        "graph",
        "predictions",
        "metrics",
        "data",
        "surface",
        "explain?target=parameter:0.W[0,0]",
        "values/0",
        "gradients?example=0",
    ):
        assert client.get(f"{at}/{path}").status_code == 200, path
    assert found["fault"]["happened"] is False and found["fault"]["position"] == found["position"]
    assert None not in client.get(f"{at}/parameters").json()["parameters"]["0.b"]
    for method, path, body in (("post", "step", {"count": 2}), ("put", "run", {})):
        answer = client.request(method, f"{at}/{path}", json=body)
        assert answer.status_code == 409 and "learning rate" in answer.json()["detail"]
    assert client.post(f"{at}/step", json={"count": -2}).json()["diverged"] is False


def test_an_explosion_can_be_seen_by_hand(client: TestClient) -> None:
    """One step stops before it, the next shows it, and no step goes further; the way back is open."""
    at = create(client, DIVERGES)
    client.put(f"{at}/run", json={})
    eventually(lambda: not state(client, at)["running"])
    before = state(client, at)["position"]
    assert client.post(f"{at}/step", json={"unit": "op"}).json()["fault"]["happened"] is True
    after = client.post(f"{at}/step", json={}).json()
    assert after["diverged"] and after["position"] == {"update": before["update"] + 1, "instruction": 0}
    assert client.post(f"{at}/step", json={"unit": "op"}).status_code == 409
    assert client.post(f"{at}/step", json={"unit": "op", "count": -1}).json()["fault"]["happened"] is True
    assert client.put(f"{at}/position", json=after["position"]).json()["position"] == after["position"]
    back = client.put(f"{at}/position", json={"update": before["update"]}).json()
    assert (back["diverged"], back["fault"]) == (False, None)
    again = client.post(f"{at}/step", json={"count": 3}).json()
    assert (again["position"], again["fault"]["happened"]) == (before, False)
    client.patch(f"{at}/settings", json={"learning_rate": 1e-9})
    assert client.post(f"{at}/step", json={"unit": "op"}).json()["fault"] is not None


def test_a_run_that_fails_says_so(client: TestClient, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong on the compute thread becomes a state, and the other sessions go on."""

    def fail(*_: object, **__: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(live(client, at).session, "run", fail)
    client.put(f"{at}/run", json={})
    eventually(lambda: not state(client, at)["running"])
    assert "failed" in state(client, at)["notice"]
    assert client.post(f"{create(client)}/step", json={}).status_code == 200


def test_a_refused_command_does_not_stop_a_run(client: TestClient, at: str) -> None:
    client.put(f"{at}/run", json={})
    for method, path, body in (("post", "step", {"count": 0}), ("patch", "settings", {"learning_rate": -1}), ("patch", "parameters", {"parameters": {"x": 1}})):
        assert client.request(method, f"{at}/{path}", json=body).status_code >= 400
    assert state(client, at)["running"] is True
    client.delete(f"{at}/run")


def test_what_was_said_of_a_run_is_said_once(client: TestClient, at: str) -> None:
    client.put(f"{at}/run", json={})
    assert "notice" in client.post(f"{at}/step", json={}).json()
    assert "notice" not in client.post(f"{at}/step", json={}).json()


def test_a_long_step_goes_in_slices_and_can_be_stopped(client: TestClient, at: str) -> None:
    """Others are answered meanwhile; two drivers' steps follow one another."""
    other = create(client)
    wide = {"layers": [{"kind": "linear", "units": 256}, {"kind": "tanh"}, {"kind": "linear", "units": 256}, {"kind": "tanh"}, {"kind": "linear", "units": 1}]}
    slow = create(client, wide)
    answers: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: answers.append(client.post(f"{slow}/step", json={"count": 10_000}).json()))
    thread.start()
    eventually(lambda: state(client, slow)["position"]["update"] > 0)
    assert client.post(f"{other}/step", json={}).json()["position"]["update"] == 1
    client.delete(f"{slow}/run")
    thread.join(10)
    assert 0 < answers[0]["position"]["update"] < 10_000 and "stopped" in answers[0]["notice"]


def test_one_call_goes_only_so_far(client: TestClient, at: str) -> None:
    for path, body in (("step", {"unit": "epoch", "count": 5000}), ("step", {"count": 10_001})):
        assert client.post(f"{at}/{path}", json=body).status_code == 413
    assert client.put(f"{at}/position", json={"update": 10_001}).status_code == 413
    assert client.get(at).json()["position"] == {"update": 0, "instruction": 0}


def test_too_many_waiting_requests_are_sent_back() -> None:
    with visiting(waiting=0) as client:
        answer = client.post("/api/sessions", json={})
        assert answer.status_code == 429 and answer.headers["retry-after"]


def test_streams_are_counted() -> None:
    with visiting(streams=1) as client:
        at = create(client)
        with client.websocket_connect(f"ws://127.0.0.1:8000{at}/stream") as socket:
            socket.receive_json()
            assert client.get(f"{at}/events").status_code == 429


def test_a_full_server_keeps_what_is_used() -> None:
    with visiting(sessions=2) as client:
        first, second = create(client), create(client)
        client.cookies.clear()
        refused = client.post("/api/sessions", json={})
        assert refused.status_code == 429 and "full" in refused.json()["detail"]
        live(client, first).used -= 100
        create(client)
        store = client.app.state.store  # type: ignore[attr-defined]
        assert store.get(first.rsplit("/", 1)[1]) is None and store.get(second.rsplit("/", 1)[1])


def test_what_was_made_and_left_gives_way_before_what_was_ever_asked_for() -> None:
    """One who makes sessions and never comes back to them keeps nobody out for long."""
    with visiting(sessions=3) as client:
        used, *left = (create(client) for _ in range(3))
        client.get(used)
        for at in (used, *left):
            live(client, at).used -= 20 if at == used else 6
        assert live(client, used).used < live(client, left[0]).used
        client.cookies.clear()
        assert [client.post("/api/sessions", json={}).status_code for _ in range(3)] == [201, 201, 429]
        assert client.app.state.store.get(used.rsplit("/", 1)[1])  # type: ignore[attr-defined]


def test_memory_is_counted_over_all_sessions() -> None:
    with visiting(memory=9, snapshots=4_000_000) as client:
        create(client), create(client)
        assert client.post("/api/sessions", json={}).status_code == 429


def test_idle_sessions_are_freed_but_never_a_used_one() -> None:
    with visiting(idle_minutes=1) as client:
        idle, running, heard = create(client), create(client), create(client)
        client.put(f"{running}/run", json={"rate": 1})
        with client.websocket_connect(f"ws://127.0.0.1:8000{heard}/stream") as socket:
            socket.receive_json()
            eventually(lambda: live(client, heard).listeners)
            for at in (idle, running, heard):
                live(client, at).used = monotonic() - 3600
            client.portal.call(client.app.state.store.free_idle)  # type: ignore[union-attr, attr-defined]
            assert [client.get(at).status_code for at in (idle, running, heard)] == [404, 200, 200]


def test_deleting_ends_its_streams(client: TestClient, at: str) -> None:
    with client.websocket_connect(f"ws://127.0.0.1:8000{at}/stream") as socket:
        socket.receive_json()
        client.delete(at)
        message = socket.receive()
        while message["type"] != "websocket.close":
            message = socket.receive()
        assert message["code"] == 1001

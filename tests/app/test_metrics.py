"""The measures of a server: that they count what happens, and that they are for this machine alone unless it is said otherwise."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Limits, Settings
from tests.app.conftest import HOST, eventually


def read(client: TestClient) -> dict[str, float]:
    """Every number by its name."""
    answer = client.get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    return {name: float(number) for name, number in re.findall(r"^(\w+) (\S+)$", answer.text, re.MULTILINE)}


def test_what_there_is_is_counted(client: TestClient, at: str) -> None:
    before = read(client)
    assert before["backprop_lab_sessions"] == 1 and before["backprop_lab_sessions_running"] == 0 and before["backprop_lab_streams"] == 0
    assert 1e6 < before["backprop_lab_reserved_bytes"] < Limits().snapshots and before["process_resident_memory_bytes"] > 1e6
    client.put(f"{at}/run", json={})
    with client.websocket_connect(f"ws://127.0.0.1:8000{at}/stream") as socket:
        for _ in range(20):
            message: Any = socket.receive()
            if "bytes" in message:
                socket.send_json({"ack": int.from_bytes(message["bytes"][8:12], "little")})
        eventually(lambda: read(client)["backprop_lab_frame_age_seconds_count"] >= 5)
        during = read(client)
    assert during["backprop_lab_sessions_running"] == 1 and during["backprop_lab_streams"] == 1
    assert during["backprop_lab_turn_seconds_count"] > before["backprop_lab_turn_seconds_count"]
    assert during["backprop_lab_queue_seconds_count"] > before["backprop_lab_queue_seconds_count"]
    assert during["backprop_lab_turn_seconds_sum"] > 0


@pytest.mark.parametrize(("said", "status"), [(False, 404), (True, 200)])
def test_others_see_it_only_where_that_is_said(said: bool, status: int) -> None:
    with TestClient(create_app(Settings(metrics=said)), base_url=HOST, client=("192.0.2.7", 50_000)) as other:
        assert other.get("/metrics").status_code == status
        assert other.get("/health").json() == {"status": "ready", "live": True, "ready": True}


def test_a_server_without_its_compute_thread_is_not_ready(client: TestClient) -> None:
    client.app.state.scheduler.stop()  # type: ignore[attr-defined]
    answer = client.get("/health")
    assert answer.status_code == 503 and answer.json()["ready"] is False

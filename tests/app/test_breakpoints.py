"""Breakpoints over HTTP: given with a run, which then stops and says at which and why."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import eventually, visiting

RISES = {"kind": "loss_rises", "share": 1000}
RIGHT = {"kind": "example_right", "example": 4}


def test_a_run_stops_at_a_breakpoint_and_says_so(client: TestClient, at: str) -> None:
    """The state has which one, the sentence and where to look, until the next command."""
    started = client.put(f"{at}/run", json={"breakpoints": [RISES, RIGHT]}).json()
    assert started["every"] == [1, 1]
    eventually(lambda: not client.get(at).json()["state"]["running"])
    state = client.get(at).json()["state"]
    sentence = f"Example 4 is classified right after {state['position']['update']} updates."
    assert state["hit"] == {
        "breakpoint": 1, "kind": "example_right", "sentence": sentence, "target": None, "example": 4, "every": 1,
    }  # fmt: skip
    assert state["notice"] == sentence
    assert client.get(f"{at}/predictions").json()["correct"][4] is True
    there = state["position"]
    back = client.post(f"{at}/step", json={"count": -1}).json()
    assert "hit" not in back
    assert client.get(f"{at}/predictions").json()["correct"][4] is False
    client.put(f"{at}/run", json={"unit": "op", "rate": 10_000, "breakpoints": [RIGHT]})
    eventually(lambda: not client.get(at).json()["state"]["running"])
    assert client.get(at).json()["position"] == there


def test_a_run_without_breakpoints_says_nothing_of_them(client: TestClient, at: str) -> None:
    assert "every" not in client.put(f"{at}/run", json={"until": 3}).json()


@pytest.mark.parametrize(
    "breakpoint, field",
    [
        ({"kind": "example_right", "example": 100_000}, "breakpoints.0.example"),
        ({"kind": "gradient_leaves", "layer": 1}, "breakpoints.0.layer"),
        ({"kind": "loss_rises", "share": -1}, "breakpoints.0.share"),
        ({"kind": "nothing"}, "breakpoints.0"),
        ({}, "breakpoints.0"),
        ({"kind": "not_finite", "more": 1}, "breakpoints.0.more"),
    ],
    ids=str,
)
def test_a_breakpoint_that_cannot_be_is_refused_and_nothing_runs(client: TestClient, at: str, breakpoint: dict[str, Any], field: str) -> None:
    client.put(f"{at}/run", json={"rate": 1})
    answer = client.put(f"{at}/run", json={"breakpoints": [breakpoint]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith(field)
    assert client.get(at).json()["state"]["running"] is True


def test_breakpoints_are_limited_with_a_sentence() -> None:
    with visiting(breakpoints=2) as client:
        at = f"/api/sessions/{client.post('/api/sessions', json={}).json()['id']}"
        answer = client.put(f"{at}/run", json={"breakpoints": [RISES] * 3})
        assert answer.status_code == 413 and "2 breakpoints" in answer.json()["detail"]
        assert any(each["name"] == "breakpoints" for each in client.get("/api/limits").json()["limits"])


def test_breakpoints_are_in_the_catalogue(client: TestClient) -> None:
    entries = [entry for entry in client.get("/api/catalog").json()["components"] if entry["family"] == "breakpoints"]
    assert {"loss_rises", "neuron_dies", "accuracy_passes", "example_right"} <= {entry["kind"] for entry in entries}
    assert all("Costs" in entry["description"] for entry in entries)

"""The contract on the wire: sessions created, moved, changed and read over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from engine import presets

WORKED: dict[str, Any] = next(preset["spec"] for preset in presets() if preset["name"] == "worked_example")
READS = [
    "graph", "gradients", "gradients?example=3", "parameters", "values/9", "values/9?example=0", "data", "predictions", "surface", "metrics", "checks",
    "check?name=2.W&index=2,3", "explain?target=parameter:2.W[2,3]", "explain?target=parameter:0.b[1]&example=5", "explain?target=value:4[1]",
    "explain?target=op:7", "code", "export?what=update", "export?what=start",
    "explain/paths?target=parameter:2.W[2,3]&example=5&most=2", "explain/examples?target=parameter:2.W[2,3]", "noise",
]  # fmt: skip


def test_the_worked_example_over_http(client: TestClient) -> None:
    """The numbers that most learners meet first, from a table and weights of one's own."""
    at = f"/api/sessions/{client.post('/api/sessions', json=WORKED).json()['id']}"
    assert client.post(f"{at}/forward").json()["loss"] == pytest.approx(0.298371109, abs=5e-10)
    assert "gradients" in client.post(f"{at}/backward").json()
    assert client.get(f"{at}/gradients").json()["gradients"]["2.W"][0][0] == pytest.approx(0.082167041, abs=5e-10)
    client.post(f"{at}/step", json={"unit": "batch", "count": 1})
    assert client.get(f"{at}/parameters").json()["parameters"]["2.W"][0][0] == pytest.approx(0.35891648, abs=5e-9)
    assert client.post(f"{at}/forward").json()["loss"] == pytest.approx(0.291027774, abs=5e-10)
    client.post(f"{at}/step", json={"unit": "batch", "count": 9_999})
    assert client.post(f"{at}/forward").json()["loss"] == pytest.approx(3.5102e-5, abs=5e-10)


def test_forward_and_backward_are_idempotent(client: TestClient, at: str) -> None:
    first = client.post(f"{at}/backward").json()
    assert client.post(f"{at}/backward").json()["position"] == first["position"]
    assert client.post(f"{at}/forward").json()["position"] == first["position"]


def test_steps_go_both_ways(client: TestClient, at: str) -> None:
    """Back and forth again gives the same position and the same gradients."""
    client.post(f"{at}/step", json={"unit": "batch", "count": 25})
    there = client.post(f"{at}/step", json={"unit": "op", "count": 12}).json()["position"]
    gradients = client.get(f"{at}/gradients").json()
    client.post(f"{at}/step", json={"unit": "op", "count": -9})
    assert client.put(f"{at}/position", json=there).json()["position"] == there
    assert client.get(f"{at}/gradients").json() == gradients


@pytest.mark.parametrize("path", READS)
def test_reading_does_not_move(client: TestClient, at: str, path: str) -> None:
    client.post(f"{at}/step", json={"unit": "op", "count": 33})
    before = client.get(at).json()["state"]
    answer = client.get(f"{at}/{path}")
    assert answer.status_code == 200, answer.text
    assert client.get(at).json()["state"] == before


def test_settings_and_edits(client: TestClient, at: str) -> None:
    revision = client.get(at).json()["state"]["revision"]
    assert client.patch(f"{at}/settings", json={"learning_rate": 0.25}).json()["revision"] == revision
    assert client.patch(f"{at}/settings", json={"optimizer": {"kind": "adam"}}).json()["revision"] == revision + 1
    assert client.get(at).json()["spec"]["optimizer"]["kind"] == "adam"
    client.patch(f"{at}/parameters", json={"parameters": {"0.W[0,1]": 0.5}})
    assert client.get(f"{at}/parameters").json()["parameters"]["0.W"][0][1] == 0.5


def test_a_run_trains_until_it_is_stopped(client: TestClient, at: str) -> None:
    assert client.put(f"{at}/run", json={}).json()["running"] is True
    while client.get(at).json()["position"]["update"] < 50:
        pass
    stopped = client.delete(f"{at}/run").json()
    assert stopped["running"] is False and stopped["position"]["instruction"] == 0
    assert client.get(at).json()["position"] == stopped["position"]


def test_a_run_stops_where_it_is_told(client: TestClient, at: str) -> None:
    client.put(f"{at}/run", json={"until": 40})
    while client.get(at).json()["state"]["running"]:
        pass
    state = client.get(at).json()["state"]
    assert state["position"] == {"update": 40, "instruction": 0} and "40" in state["notice"]


def test_a_step_stops_a_run_and_says_so(client: TestClient, at: str) -> None:
    client.put(f"{at}/run", json={"rate": 1})
    state = client.post(f"{at}/step", json={"unit": "op"}).json()
    assert state["running"] is False and "stopped" in state["notice"]


@pytest.mark.parametrize("form", ["npz", "csv"])
@pytest.mark.parametrize("what", ["parameters", "gradients", "update", "start"])
def test_files(client: TestClient, at: str, form: str, what: str) -> None:
    answer = client.get(f"{at}/export?what={what}&format={form}")
    assert answer.status_code == 200 and f'{what}.{form}"' in answer.headers["content-disposition"]


def test_catalog_presets_limits(client: TestClient) -> None:
    components = client.get("/api/catalog").json()["components"]
    families = "breakpoints bugs clips datasets features gradients initializers layers losses optimizers remedies schedules tasks"
    assert set(families.split()) == {entry["family"] for entry in components}
    for preset in client.get("/api/presets").json()["presets"]:
        assert client.post("/api/sessions", json=preset["spec"]).status_code == 201
    assert all(entry["says"] for entry in client.get("/api/limits").json()["limits"])


def test_a_session_says_how_much_memory_it_takes(client: TestClient, at: str) -> None:
    """The network's bytes are at least its parameters four times over and stay; the past grows to a bound; the page reads the same numbers."""
    before = client.get(at).json()
    client.post(f"{at}/step", json={"unit": "batch", "count": 20})
    after = client.get(at).json()["bytes"]
    assert before["bytes"]["network"] == after["network"] >= 4 * 8 * before["parameters"]
    assert before["bytes"]["past"] < after["past"] <= after["most"] and after["examples"] > 0


def test_deleting_ends_it(client: TestClient, at: str) -> None:
    assert client.delete(at).status_code == 204
    assert client.get(at).status_code == 404


def test_code(client: TestClient, at: str) -> None:
    """Text for whoever runs it, JSON for whoever shows it; both are the same script."""
    text = client.get(f"{at}/code?form=numpy")
    assert text.headers["content-type"] == "text/plain; charset=utf-8" and "import numpy as np" in text.text
    shown = client.get(f"{at}/code?form=numpy", headers={"accept": "application/json"}).json()
    assert shown["text"] == text.text and shown["name"] in text.headers["content-disposition"]

"""What an update does, over HTTP: to one weight, line by line, and to the loss."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from engine.component import kinds
from engine.optimizers import Optimizer


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=str)
def test_a_weights_update_is_told_at_any_position(client: TestClient, optimizer: type[Optimizer]) -> None:
    """Before, at each op of and after an update the answer is JSON with a sentence; after it the step is the change of the weight."""
    spec = {"optimizer": {"kind": optimizer.model_fields["kind"].default, "learning_rate": 0.01}}
    at = f"/api/sessions/{client.post('/api/sessions', json=spec).json()['id']}"
    asked = f"{at}/explain/update?target=parameter:2.W[2,3]&example=5"
    before = client.get(f"{at}/parameters").json()["parameters"]["2.W"][2][3]
    seen = set()
    for _ in range(40):
        told: dict[str, Any] = client.get(asked).json()
        seen.add(told["when"])
        assert told["sentence"]
        if client.post(f"{at}/step", json={"unit": "op", "count": 1}).json()["position"] == {"update": 1, "instruction": 0}:
            break
    assert seen == {"unknown", "ahead", *(["under way"] if len(optimizer.lines) > 1 else [])}
    told = client.get(asked).json()
    after = client.get(f"{at}/parameters").json()["parameters"]["2.W"][2][3]
    assert (told["when"], told["before"], told["after"], told["step"]) == ("done", before, after, after - before)


@pytest.mark.parametrize("target", ["value:4[1]", "parameter:2.W", "parameter:9.W[0,0]", "parameter:2.W[9,9]"])
def test_what_is_no_weight_has_no_update(client: TestClient, at: str, target: str) -> None:
    answer = client.get(f"{at}/explain/update?target={target}")
    assert answer.status_code == 404 and answer.json()["detail"]


def test_what_is_not_finite_is_null(client: TestClient) -> None:
    """A step beyond all numbers is an answer too, and says so."""
    layers = [{"kind": "linear", "units": 1}]
    spec = {"data": {"kind": "diabetes"}, "layers": layers, "loss": {"kind": "mean_squared_error"}, "optimizer": {"kind": "sgd", "learning_rate": 900}}
    at = f"/api/sessions/{client.post('/api/sessions', json=spec).json()['id']}"
    client.patch(f"{at}/parameters", json={"parameters": {"0.W[0,0]": 1e308}})
    for _ in range(2):  # the first stops before it
        assert client.post(f"{at}/step", json={"unit": "batch", "count": 1}).json()["diverged"]
    told = client.get(f"{at}/explain/update?target=parameter:0.W[0,0]").json()
    assert (told["when"], told["step"]) == ("done", None)
    assert "∞" in told["sentence"] or "not a number" in told["sentence"]


def test_promise_and_delivery(client: TestClient, at: str) -> None:
    """Unknown before there is an update, then both numbers with a verdict; the curve comes when it is asked for, and with the target `step`."""
    assert client.get(f"{at}/delivery").json()["when"] == "unknown"
    client.post(f"{at}/step", json={"unit": "batch", "count": 5})
    found = client.get(f"{at}/delivery").json()
    assert found["when"] == "done" and found["update"] == 4 and found["curve"] is None
    assert found["promised"] < 0 and found["delivered"] == found["after"] - found["before"]
    assert found["verdict"] in found["rule"].lower()
    curve = client.get(f"{at}/delivery?curve=true").json()["curve"]
    explained = client.get(f"{at}/explain?target=step").json()
    assert explained["curve"] == curve and len(curve["t"]) == len(curve["loss"])
    assert explained["kind"] == "step" and [line["instruction"] for line in explained["lines"]] == [len(client.get(f"{at}/graph").json()["instructions"]) - 1]
    state = client.get(at).json()["state"]
    assert state["position"] == {"update": 5, "instruction": 0}


def test_an_overshoot_is_called_one(client: TestClient) -> None:
    at = f"/api/sessions/{client.post('/api/sessions', json={'optimizer': {'kind': 'sgd', 'learning_rate': 100}}).json()['id']}"
    client.post(f"{at}/step", json={"unit": "batch", "count": 1})
    found = client.get(f"{at}/delivery").json()
    assert found["verdict"] == "overshoot" and "Overshoot: the loss rose" in found["sentence"]

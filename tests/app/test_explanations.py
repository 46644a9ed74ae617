"""What is asked beside the chain rule, over HTTP: paths, whole or cut, what each example says, and the noise of a batch."""

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import visiting

TARGET = "parameter:0.W[1,2]"


def test_paths_add_up_to_the_gradient(client: TestClient, at: str) -> None:
    """All of them, and the strongest with the remainder; their number is a whole one, exact."""
    client.post(f"{at}/step", json={"unit": "batch", "count": 3})
    gradient = client.get(f"{at}/gradients?example=5").json()["gradients"]["0.W"][1][2]
    for most in (1, 3, 20):
        found = client.get(f"{at}/explain/paths", params={"target": TARGET, "example": 5, "most": most}).json()
        rest = found["remainder"] or {"count": 0, "sum": 0}
        assert found["count"] == 4 == len(found["rows"]) + rest["count"]
        assert sum(row["product"] for row in found["rows"]) + rest["sum"] == pytest.approx(gradient, rel=1e-12)


def test_a_network_of_too_many_links_is_refused_in_words() -> None:
    """The number found, the limit, and what to do; the same weight's chain rule is still there."""
    with visiting(links=10) as client:
        at = f"/api/sessions/{client.post('/api/sessions', json={}).json()['id']}"
        client.post(f"{at}/step", json={"unit": "batch"})
        answer = client.get(f"{at}/explain/paths", params={"target": TARGET})
        assert answer.status_code == 413
        assert "would be 15, and the limit here is 10; take a weight nearer to the loss" in answer.json()["detail"]
        assert client.get(f"{at}/explain", params={"target": TARGET}).json()["ladder"]
        assert "at most 10 scalar links" in str(client.get("/api/limits").json())


def test_examples_average_to_the_batch(client: TestClient, at: str) -> None:
    client.post(f"{at}/step", json={"unit": "batch", "count": 3})
    found = client.get(f"{at}/explain/examples", params={"target": TARGET}).json()
    assert found["count"] == len(found["rows"]) == 16
    gradient = client.get(f"{at}/gradients").json()["gradients"]["0.W"][1][2]
    assert sum(row["gradient"] for row in found["rows"]) / 16 == pytest.approx(gradient, rel=1e-10)
    for row in found["rows"]:
        own = client.get(f"{at}/gradients", params={"example": row["example"]}).json()["gradients"]["0.W"][1][2]
        assert row["gradient"] == pytest.approx(own, rel=1e-10, abs=1e-15)


def test_noise_is_measured_while_others_are_answered(client: TestClient, at: str) -> None:
    """It takes its turns; the answer has a size for each power of two, and the batch's own."""
    client.put(f"{at}/run", json={})
    found = client.get(f"{at}/noise").json()
    client.delete(f"{at}/run")
    assert [size["size"] for size in found["sizes"]] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert found["batch_size"] == 16 and "of 160 examples" in found["sentence"]


def test_the_cost_is_measured_while_the_session_trains(client: TestClient, at: str) -> None:
    """It takes its turns beside a run; the passes are those of the formulas, at the start of a run already."""
    assert client.get(f"{at}/cost").json()["position"] == {"update": 0, "instruction": 0}
    client.put(f"{at}/run", json={})
    found = client.get(f"{at}/cost").json()
    client.delete(f"{at}/run")
    passes = {(way["name"], way["directions"]): (way["forward"], way["backward"]) for way in found["ways"]}
    assert passes["backpropagation", None] == (1, 1)
    assert passes["central_differences", None] == (2 * 37, 0) and passes["forward_differences", None] == (38, 0)
    assert passes["weight_perturbation", 1] == (2, 0)
    assert "all 37 gradients" in found["sentence"] and "times as long as backpropagation" in found["pace"]


def test_a_cost_that_cannot_be_measured_is_a_problem_in_words(client: TestClient, at: str) -> None:
    """A loss that is not finite has no slope; one that is again has."""
    client.patch(f"{at}/parameters", json={"parameters": {"4.b[0]": 1e308, "4.W[0,0]": 1e308}})
    refused = client.get(f"{at}/cost")
    assert refused.status_code == 409 and refused.headers["content-type"] == "application/problem+json"
    assert "not a finite number" in refused.json()["detail"]
    client.patch(f"{at}/parameters", json={"parameters": {"4.b[0]": 0.0, "4.W[0,0]": 0.1}})
    assert client.get(f"{at}/cost").status_code == 200

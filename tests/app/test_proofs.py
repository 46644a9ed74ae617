"""The calls behind the proof of a gradient: shapes, scopes and refusals over HTTP."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

WEIGHT = "parameter:2.W[2,3]"


@pytest.fixture
def at(client: TestClient) -> str:
    """A session after two updates."""
    made = client.post("/api/sessions", json={}).json()
    client.post(f"/api/sessions/{made['id']}/step", json={"unit": "batch", "count": 2})
    return f"/api/sessions/{made['id']}"


def ask(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(path, params={"target": WEIGHT, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_proof_has_every_step(client: TestClient, at: str) -> None:
    found = ask(client, f"{at}/explain/proof", example=3, h=1e-4)
    assert len(found["sweep"]) == 61
    assert found["chosen"]["h"] == 1e-4
    assert found["check"] == client.get(f"{at}/check", params={"name": "2.W", "index": "2,3", "example": 3}).json()
    assert found["gradient"] == client.get(f"{at}/gradients", params={"example": 3}).json()["gradients"]["2.W"][2][3]


def test_the_scope_chooses_the_loss(client: TestClient, at: str) -> None:
    """The batch's objective, with or without an example named beside it; a value stays its example's."""
    whole = client.get(f"{at}/gradients").json()["gradients"]["2.W"][2][3]
    for query in ({}, {"example": 3, "scope": "batch"}):
        for name in ("proof", "move"):
            assert ask(client, f"{at}/explain/{name}", **query)["gradient"] == whole
    assert ask(client, f"{at}/explain/move", target="value:4[3]", example=3, scope="batch")["example"] == 3


def test_a_curve_has_the_place_that_is_asked_for(client: TestClient, at: str) -> None:
    found = ask(client, f"{at}/explain/move", example=3, at=0.25)
    assert found["chosen"]["at"] == 0.25
    assert found["now"] == client.get(f"{at}/parameters").json()["parameters"]["2.W"][2][3]


@pytest.mark.parametrize("name", ["proof", "move"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"target": "parameter:9.W[0,0]"}, 404),
        ({"proof": {"h": 2}, "move": {"at": 1e12}}, 409),
        ({"proof": {"h": "NaN"}, "move": {"at": "inf"}}, 422),
        ({"scope": "epoch"}, 422),
        ({"example": 10**6}, 404),
    ],
    ids=str,
)
def test_what_cannot_be_measured_is_refused(client: TestClient, at: str, name: str, query: dict[str, Any], status: int) -> None:
    answer = client.get(f"{at}/explain/{name}", params={"target": WEIGHT, **query.get(name, query)})
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_before_the_first_update_there_is_nothing_to_measure(client: TestClient) -> None:
    made = client.post("/api/sessions", json={}).json()
    assert client.get(f"/api/sessions/{made['id']}/explain/proof", params={"target": WEIGHT}).status_code == 409

"""Predicting over HTTP: the question without its answer, the answer marked, and every nonsense refused in words; the session stands still."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import visiting

PINNED = "parameter:2.W[2,3]"


@pytest.fixture
def asked(client: TestClient, at: str) -> dict[str, Any]:
    """The first question of the backward pass at the pinned weight's example."""
    client.post(f"{at}/step", json={"unit": "pass", "count": 2})
    client.post(f"{at}/step", json={"unit": "op"})
    found: dict[str, Any] = client.get(f"{at}/question", params={"pinned": PINNED, "example": 3}).json()["question"]
    return found


def test_a_question_is_asked_and_its_answer_marked(client: TestClient, at: str, asked: dict[str, Any]) -> None:
    before = client.get(at).json()["position"]
    assert asked["example"] == 3 and asked["target"].startswith("cotangent:") and "truth" not in asked
    body = {"target": asked["target"], "pinned": PINNED, "example": 3}
    truth = client.post(f"{at}/answers", json={**body, "answer": "+"}).json()["truth"]
    right = client.post(f"{at}/answers", json={**body, "answer": f"{truth:.4g}".replace("-", "−")}).json()
    assert right["mark"] == "right" and right["tolerance"] == 0.01
    wrong = client.post(f"{at}/answers", json={**body, "answer": str(-truth)}).json()
    assert wrong["mistake"] == {"kind": "wrong_sign", "title": "wrong sign"}
    assert client.get(at).json()["position"] == before
    client.post(f"{at}/step", json={"unit": "op"})
    node, unit = asked["target"].removeprefix("cotangent:").rstrip("]").split("[")
    assert client.get(f"{at}/values/{node}", params={"example": 3}).json()["cotangent"][int(unit)] == truth


@pytest.mark.parametrize(
    "body",
    [{"answer": "perhaps"}, {"answer": ""}, {"answer": "1", "target": "cotangent:4[0]"}, {"answer": 0.5}, {"answer": "1", "more": 1}, {"answer": "1" * 81}],
)
def test_what_cannot_be_marked_is_refused_in_words(client: TestClient, at: str, asked: dict[str, Any], body: dict[str, Any]) -> None:
    answer = client.post(f"{at}/answers", json={"target": asked["target"], "pinned": PINNED, "example": 3, **body})
    assert answer.status_code in (409, 422)
    assert len(answer.json()["detail"]) > 20


def test_only_so_many_earlier_answers_are_taken() -> None:
    with visiting(earlier=2) as client:
        at = f"/api/sessions/{client.post('/api/sessions', json={}).json()['id']}"
        target = client.get(f"{at}/question").json()["question"]["target"]
        body = {"target": target, "answer": "+", "earlier": [{"target": "value:4[0]", "answer": "1"}] * 3}
        refused = client.post(f"{at}/answers", json=body)
        assert refused.status_code == 413 and "2 earlier answers are taken, and 3 came" in refused.json()["detail"]
        assert client.post(f"{at}/answers", json={**body, "earlier": body["earlier"][:2]}).status_code == 200


@pytest.mark.parametrize(("query", "status"), [("example=99999", 404), ("example=x", 422), ("pinned=parameter:9.W[0,0]", 404), ("pinned=" + "a" * 81, 422)])
def test_a_question_about_nothing_is_refused(client: TestClient, at: str, query: str, status: int) -> None:
    assert client.get(f"{at}/question?{query}").status_code == status

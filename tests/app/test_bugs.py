"""Breaking a session on purpose over HTTP: switched on and off, said in every state, refused in words where it changes nothing."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from engine import catalog

BUGS = [entry for entry in catalog() if entry["family"] == "bugs"]
FLOWER = {"data": {"kind": "iris"}, "layers": [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear", "units": 4}, {"kind": "tanh"},
          {"kind": "linear", "units": 3}], "loss": {"kind": "categorical_cross_entropy_with_logits"}}  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug["kind"])
def test_a_bug_is_switched_on_and_off(client: TestClient, bug: Any) -> None:
    session = client.post("/api/sessions", json=FLOWER).json()
    at = f"/api/sessions/{session['id']}"
    assert session["state"]["bug"] is None and session["spec"]["bug"] is None
    client.post(f"{at}/step", json={"unit": "batch", "count": 3})
    on = client.patch(f"{at}/settings", json={"bug": {"kind": bug["kind"]}}).json()
    assert (on["bug"]["kind"], on["bug"]["title"], on["bug"]["description"]) == (bug["kind"], bug["title"], bug["description"])
    assert on["bug"]["on"] and not on["bug"]["shown"]
    assert client.get(at).json()["spec"]["bug"] == {"kind": bug["kind"]}
    assert client.post(f"{at}/step", json={"unit": "batch", "count": 3}).json()["bug"]["shown"]
    off = client.patch(f"{at}/settings", json={"bug": None}).json()
    assert not off["bug"]["on"] and off["bug"]["shown"]
    assert client.post(f"{at}/step", json={"unit": "op"}).json()["bug"] is None
    assert client.get(at).json()["spec"]["bug"] is None


def test_a_setting_beside_it_leaves_a_bug_on(client: TestClient, at: str) -> None:
    client.patch(f"{at}/settings", json={"bug": {"kind": "wrong_sign"}})
    assert client.patch(f"{at}/settings", json={"learning_rate": 0.2}).json()["bug"]["on"]


def test_a_saved_spec_brings_its_bug(client: TestClient) -> None:
    session = client.post("/api/sessions", json={"bug": {"kind": "one_path"}}).json()
    assert session["state"]["bug"]["on"]
    assert client.post("/api/sessions", json=session["spec"]).json()["state"]["bug"]["kind"] == "one_path"


@pytest.mark.parametrize(
    ("bug", "words"), [({"kind": "softmax_twice"}, "needs a softmax"), ({"kind": "typo"}, "softmax_twice"), ({"kind": "wrong_sign", "much": 1}, "much")]
)
def test_a_bug_that_cannot_be_made_is_refused_at_its_field(client: TestClient, at: str, bug: Any, words: str) -> None:
    for answer in (client.patch(f"{at}/settings", json={"bug": bug}), client.post("/api/sessions", json={"bug": bug})):
        assert answer.status_code == 422
        problem = answer.json()
        assert words in str(problem), problem
        assert problem["errors"][0]["field"].removeprefix("body.").startswith("bug")
    assert client.get(at).json()["state"]["bug"] is None

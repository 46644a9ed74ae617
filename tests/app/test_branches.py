"""Branches over HTTP: begun, listed, compared, gone over to, named and deleted."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import visiting

ADAM = {"optimizer": {"kind": "adam", "learning_rate": 0.02}}


def listed(client: TestClient, at: str) -> dict[int, dict[str, Any]]:
    found = client.get(f"{at}/branches").json()["branches"]
    return {each["id"]: each for each in found}


def test_a_change_after_going_back_keeps_the_old_future_and_says_so(client: TestClient, at: str) -> None:
    client.post(f"{at}/step", json={"count": 30})
    client.put(f"{at}/position", json={"update": 10})
    state = client.patch(f"{at}/settings", json=ADAM).json()
    assert (state["branch"], state["branches"]) == (2, 2)
    assert "kept as branch 1, up to update 30" in state["notice"]
    client.post(f"{at}/step", json={"count": 5})
    found = listed(client, at)
    assert found[1]["current"] is False and found[1]["end"] == {"update": 30, "instruction": 0}
    assert found[2]["current"] is True and found[2]["forked"] == {"update": 10, "instruction": 0} and found[2]["parent"] == 1
    assert found[2]["settings"]["optimizer"]["kind"] == "adam"
    assert found[1]["differences"] == ["SGD instead of Adam", "rate 0.1 instead of 0.02"]
    assert found[1]["curves"]["updates"][-1] == 30 and found[2]["curves"]["updates"][-1] == 15
    assert "curves" not in client.get(f"{at}/branches?curves=false").json()["branches"][0]


def test_there_and_back_again(client: TestClient, at: str) -> None:
    """Going over to a branch leads to where it was left, with the very numbers."""
    client.post(f"{at}/step", json={"count": 20})
    old = client.get(f"{at}/parameters").json()["parameters"]
    made = client.post(f"{at}/branches", json={"position": {"update": 8, "instruction": 5}, "name": "  with   Adam ", "settings": ADAM})
    assert made.status_code == 201 and made.json()["position"] == {"update": 9, "instruction": 0} and "notice" not in made.json()
    client.post(f"{at}/step", json={"unit": "op", "count": 7})
    new = client.get(f"{at}/gradients").json()
    back = client.put(f"{at}/branch", json={"id": 1}).json()
    assert back["position"] == {"update": 20, "instruction": 0} and back["branch"] == 1
    assert client.get(f"{at}/parameters").json()["parameters"] == old
    there = client.put(f"{at}/branch", json={"id": 2}).json()
    assert there["position"] == {"update": 9, "instruction": 7}
    assert client.get(f"{at}/gradients").json() == new
    assert listed(client, at)[2]["name"] == "with Adam"


@pytest.mark.parametrize("path", ["surface?resolution=5", "predictions", "metrics"])
def test_another_branch_is_read_from_here(client: TestClient, at: str, path: str) -> None:
    client.post(f"{at}/step", json={"count": 20})
    join = "&" if "?" in path else "?"
    seen = client.get(f"{at}/{path}").json()
    client.post(f"{at}/branches", json={"position": {"update": 5}, "settings": ADAM})
    before = client.post(f"{at}/step", json={"count": 20}).json()
    assert client.get(f"{at}/{path}{join}branch=1").json() == seen != client.get(f"{at}/{path}").json()
    assert client.get(at).json()["state"] == before
    assert client.get(f"{at}/{path}{join}branch=9").status_code == 404
    if "metrics" not in path:
        client.put(f"{at}/position", json={"update": 12})
        there = client.get(f"{at}/{path}").json()
        client.put(f"{at}/position", json={"update": 25})
        assert client.get(f"{at}/{path}{join}update=12").json() == there
        assert client.get(f"{at}/{path}{join}branch=1&update=21").status_code == 409


def test_naming_and_deleting(client: TestClient, at: str) -> None:
    client.post(f"{at}/step", json={"count": 3})
    client.post(f"{at}/branches", json={"name": "second"})
    client.put(f"{at}/run", json={"rate": 1})
    renamed = client.patch(f"{at}/branches/1", json={"name": "first"}).json()
    assert renamed["running"] is True and renamed["marks"] > 0
    assert client.delete(f"{at}/branches/2").status_code == 409
    assert client.delete(f"{at}/branches/1").json()["branches"] == 1
    assert client.delete(f"{at}/branches/1").status_code == 404
    assert listed(client, at)[2]["name"] == "second"


@pytest.mark.parametrize(
    "body, field",
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "a\u0007"}, "name"),
        ({"settings": {"learning_rate": -1}}, "learning_rate"),
        ({"parameters": {"9.W": 1}}, ""),
        ({"position": {"update": 50}}, ""),
        ({"position": {"update": 0, "instruction": 500}}, ""),
        ({"from": 3}, "from"),
    ],
    ids=str,
)
def test_what_is_refused_makes_no_branch(client: TestClient, at: str, body: dict[str, Any], field: str) -> None:
    client.post(f"{at}/step", json={"count": 3})
    answer = client.post(f"{at}/branches", json=body)
    assert answer.status_code in (404, 409, 422)
    assert field in (answer.json()["errors"] or [{"field": ""}])[0]["field"]
    assert len(listed(client, at)) == 1


def test_branches_are_limited_with_a_sentence() -> None:
    with visiting(branches=2) as client:
        at = f"/api/sessions/{client.post('/api/sessions', json={}).json()['id']}"
        assert any(each["name"] == "branches" and "at most 2 branches" in each["says"] for each in client.get("/api/limits").json()["limits"])
        first = client.post(f"{at}/branches", json={"name": "a"}).json()
        assert (first["branch"], first["branches"]) == (2, 2) and "notice" not in first
        second = client.post(f"{at}/branches", json={"name": "b"}).json()
        assert (second["branch"], second["branches"]) == (3, 2) and "branch 1 was given up" in second["notice"]
        refused = client.post(f"{at}/branches", json={"name": "c"})
        assert refused.status_code == 409 and "delete one first" in refused.json()["detail"]
        assert list(listed(client, at)) == [2, 3]

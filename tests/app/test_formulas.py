"""A formula of one's own over HTTP: read as it is typed, refused with its place, trained and stepped."""

from fastapi.testclient import TestClient


def test_a_formula_is_read(client: TestClient) -> None:
    found = client.post("/api/formulas", json={"formula": "p = sigmoid(w * x + b)\nloss = mean((p - y)**2)"}).json()
    assert found == {"parameters": ["w", "b"], "letters": ["x", "y"], "operations": 5, "wrong": None}


def test_what_is_wrong_with_a_formula_is_said_with_its_place(client: TestClient) -> None:
    refused = client.post("/api/formulas", json={"formula": "loss = foo(x)"})
    assert refused.json()["wrong"].startswith("line 1, character 8: there is no function foo")
    task = {"kind": "expression", "formula": "loss = w ^ 2"}
    made = client.post("/api/sessions", json={"data": {"kind": "sine"}, "task": task})
    assert made.status_code == 422
    assert made.json()["errors"][0]["field"] == "task.formula"


def test_a_formula_is_stepped(client: TestClient) -> None:
    made = client.post("/api/sessions", json={"data": {"kind": "sine"}, "task": {"kind": "expression"}}).json()
    path, headers = f"/api/sessions/{made['id']}", {"Authorization": f"Bearer {made['token']}"}
    client.post(f"{path}/step", json={"unit": "op", "count": 2}, headers=headers)
    graph = client.get(f"{path}/graph", headers=headers).json()
    assert [node["text"] for node in graph["nodes"] if node["says"]][:3] == ["w₂", "w₁", "v₁"]
    assert set(client.get(f"{path}/gradients", headers=headers).json()["gradients"]) == {"0.w1", "0.b1", "0.w2", "0.b2"}

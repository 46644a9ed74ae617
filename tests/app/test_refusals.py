"""Whatever is refused is refused with its status, in a sentence, and nothing is lost."""

from typing import Any

import pytest
from starlette.testclient import TestClient

BODIES: list[tuple[str, str, Any, int]] = [
    ("post", "/api/sessions", b'{"unknown": 1}', 422),
    ("post", "/api/sessions", b'{"seed": "7"}', 422),
    ("post", "/api/sessions", b"not json", 422),
    ("post", "/api/sessions", b'{"layers": []}', 422),
    ("post", "/api/sessions", b'{"layers": [{"kind": "tanh"}]}', 422),
    ("post", "/api/sessions", b'{"layers": [{"kind": "linear", "units": 3}]}', 422),
    ("post", "/api/sessions", b'{"layers": [{"kind": "linear", "units": 2000}, {"kind": "linear", "units": 1}]}', 413),
    ("post", "/api/sessions", b'{"loss": {"kind": "binary_cross_entropy"}}', 422),
    ("post", "/api/sessions", b'{"batch_size": 5000}', 413),
    ("post", "/api/sessions", b'{"data": {"kind": "table", "inputs": [[1, 2], [3]], "targets": [[1], [0]]}}', 422),
    ("post", "{at}/step", b'{"unit": "year"}', 422),
    ("post", "{at}/step", b'{"count": 0}', 422),
    ("post", "{at}/step", b'{"count": 1.5}', 422),
    ("post", "{at}/step", b'{"count": 20000}', 413),
    ("post", "{at}/step", b'{"count": -1}', 409),
    ("post", "{at}/forward", b'{"unit": "op"}', 422),
    ("post", "{at}/step?unit=op", b"{}", 422),
    ("put", "{at}/position", b'{"update": 3, "instruction": 999}', 409),
    ("put", "{at}/position", b'{"update": -1}', 422),
    ("put", "{at}/run", b'{"breakpoints": [{}]}', 422),
    ("put", "{at}/run", b'{"rate": 0}', 422),
    ("patch", "{at}/settings", b'{"learning_rate": -1}', 422),
    ("patch", "{at}/settings", b'{"optimizer": {"kind": "magic"}}', 422),
    ("patch", "{at}/parameters", b'{"parameters": {"9.W": [[1]]}}', 404),
    ("patch", "{at}/parameters", b'{"parameters": {"0.W": [[1]]}}', 422),
    ("patch", "{at}/parameters", b'{"parameters": {"0.W[0,0]": "a"}}', 422),
    ("patch", "{at}/parameters", b'{"parameters": {"0.W[0,0]": true}}', 422),
    ("patch", "{at}/parameters", b'{"parameters": {"0.b": [1, 2, 3, [4]]}}', 422),
    ("patch", "{at}/parameters", b'{"parameters": {"0.W[0,0]": 1' + b"0" * 400 + b"}}", 422),
    ("patch", "{at}/settings", b'{"optimizer": {"kind": "adam", "beta1": 2}}', 422),
    ("patch", "{at}/settings", b'{"learning_rate": {"kind": "cosine", "rate": 0.1, "floor": 5}}', 422),
    ("patch", "{at}/settings", b'{"l1": true}', 422),
    ("patch", "{at}/settings", b'{"clip": {"kind": "norm", "limit": NaN}}', 422),
]
PATHS = [
    ("{at}/values/999", 404), ("{at}/values/x", 422), ("{at}/gradients?example=99999", 404), ("{at}/explain?target=nothing", 404),
    ("{at}/explain?target=op:999", 404), ("{at}/explain/paths", 422), ("{at}/explain/examples?target=value:4[0]", 404),
    ("{at}/explain/paths?target=value:4[0]", 404),
    ("{at}/explain/paths?target=parameter:0.W", 404),
    ("{at}/explain/paths?target=parameter:0.W[0,0]&most=101", 413), ("{at}/explain/paths?target=parameter:0.W[0,0]&most=0", 422),
    ("{at}/explain/paths?target=parameter:0.W[0,0]&example=9999", 404),
    ("{at}/gradients?exampel=3", 422), ("{at}?x=1", 422), ("{at}/events?field=gradients", 422), ("/api/limits?x", 422),
    ("{at}/surface?resolution=500", 413), ("{at}/check?name=0.W&index=9,9", 404), ("{at}/export?format=pickle", 422), ("/api/nothing", 404),
    ("{at}/code?form=fortran", 422),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status"), BODIES)
def test_a_bad_body_is_refused_in_words(client: TestClient, at: str, method: str, path: str, body: bytes, status: int) -> None:
    before = client.get(at).json()
    answer = client.request(method, path.format(at=at), content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 10
    assert client.get(at).json() == before


@pytest.mark.parametrize(("path", "status"), PATHS)
def test_a_bad_address_is_refused_in_words(client: TestClient, at: str, path: str, status: int) -> None:
    answer = client.get(path.format(at=at))
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]


def test_the_field_at_fault_is_named(client: TestClient) -> None:
    problem = client.post("/api/sessions", json={"layers": [{"kind": "linear", "units": 3}]}).json()
    assert problem["errors"][0]["field"] == "layers.0.units"


WORDS = [
    ({"layers": [{"kind": "linear"}] * 300}, "layers", "At most 256 entries are expected here, and 300 came"),
    ({"layers": {}}, "layers", "A list is expected here, and an object came"),
    ({"batch_size": 0}, "batch_size", "This should be at least 1, and 0 came"),
    ({"optimizer": {"learning_rate": 0, "kind": "sgd"}}, "optimizer.learning_rate", "This should be more than 0, and 0 came"),
    ({"data": {"kind": "moons", "rows": 10**9}}, "data.rows", "This should be at most 10,000, and 1000000000 came"),
    ({"loss": {"kind": "mse"}}, "loss", "There is no kind mse here; there are: "),
    ({"layers": [{"kind": "tanh"}, {"kind": "linear", "init": {"kind": "explicit", "values": [[1]]}}]}, "layers.1.init.values", "This layer's weights"),
    ({"layers": [{"kind": "linear", "units": 1, "bias_init": {"kind": "explicit", "values": [1, 2]}}]}, "layers.0.bias_init.values", "This layer's biases"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "field", "words"), WORDS, ids=[case[1] for case in WORDS])
def test_the_sentence_names_the_field_and_what_came(client: TestClient, spec: dict[str, Any], field: str, words: str) -> None:
    problem = client.post("/api/sessions", json=spec).json()
    assert problem["errors"][0]["field"] == field
    assert problem["errors"][0]["message"].startswith(words)
    assert problem["detail"].startswith(f"{field}: {words}")


def test_a_surface_needs_two_inputs(client: TestClient) -> None:
    data = {"kind": "table", "inputs": [[1], [2]], "targets": [[1], [0]]}
    made = client.post("/api/sessions", json={"data": data}).json()
    assert client.get(f"/api/sessions/{made['id']}/surface").status_code == 409


def test_another_visitor_sees_nothing(client: TestClient, at: str, session: dict[str, Any]) -> None:
    """Neither without credentials nor with wrong ones; the token alone opens it."""
    client.cookies.clear()
    for headers in ({}, {"authorization": "Bearer wrong"}, {"cookie": "visitor=somebody-else-entirely"}):
        for path in ("", "/graph", "/gradients", "/events"):
            assert client.get(at + path, headers=headers).status_code == 404
        client.cookies.clear()
    assert client.get("/api/sessions").json() == {"sessions": []}
    client.cookies.clear()
    assert client.get(at, headers={"authorization": f"Bearer {session['token']}"}).status_code == 200


def test_the_oldest_idle_session_makes_room(client: TestClient, at: str) -> None:
    for _ in range(3):
        assert client.post("/api/sessions", json={}).status_code == 201
    assert client.get(at).status_code == 404
    assert len(client.get("/api/sessions").json()["sessions"]) == 3


@pytest.mark.parametrize(
    "path", ["/", "/docs", "/health", "/openapi.json", "/api/catalog", "/static/css/tokens.css", "/nothing", "/static/nothing", "/fonts/nothing"]
)
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"] and "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"

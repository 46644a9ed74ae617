"""Numbers as large as there are, set by hand: whatever is read then is answered, and what is not a finite number is null or said in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app

SINE: dict[str, Any] = {"data": {"kind": "sine", "rows": 40}, "loss": {"kind": "mean_squared_error"}}
NORMAL = {"layers": [{"kind": "linear", "units": 4}, {"kind": "batch_norm"}, {"kind": "tanh"}, {"kind": "layer_norm"}, {"kind": "linear", "units": 1}]}
CASES = [(SINE, -1e155), (NORMAL, -1e155), (NORMAL, 1e300), ({"dtype": "float32"}, 1e38)]
AT = "/api/sessions/{session_id}"
ASKED = {"name": "0.W", "index": "0,0", "target": "parameter:0.W[0,0]"}


def readings() -> Iterator[tuple[str, dict[str, str]]]:
    """Every address under a session that is read, but for the endless one, with what it must be told."""
    for path, calls in create_app().openapi()["paths"].items():
        if path.startswith(AT) and "get" in calls and not path.endswith("/events"):
            needed = [each["name"] for each in calls["get"].get("parameters", []) if each["in"] == "query" and each["required"]]
            yield path.removeprefix(AT).format(node=3), {name: ASKED[name] for name in needed if name in ASKED}


READINGS = list(readings())


@pytest.mark.parametrize(("spec", "value"), CASES)
def test_whatever_is_read_is_answered(client: TestClient, spec: dict[str, Any], value: float) -> None:
    at = AT.format(session_id=client.post("/api/sessions", json=spec).json()["id"])
    read(client, at)
    for name, numbers in client.get(f"{at}/parameters").json()["parameters"].items():
        place = "0,0" if isinstance(numbers[0], list) else "0"
        assert client.patch(f"{at}/parameters", json={"parameters": {f"{name}[{place}]": value}}).status_code in (200, 422)
    assert client.post(f"{at}/forward", json={}).status_code in (200, 409)
    read(client, at)
    assert client.post(f"{at}/step", json={"unit": "batch"}).status_code in (200, 409)
    read(client, at)


def read(client: TestClient, at: str) -> None:
    """Read everything there is to read of a session."""
    for path, query in READINGS:
        answer = client.get(at + path, params=query)
        assert answer.status_code < 500, path
        assert answer.status_code < 400 or answer.json()["detail"], path

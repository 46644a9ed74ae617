"""What PyTorch makes of random networks, over HTTP: a table and weights of one's own, then forward, backward and step, as a script with curl would."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import visiting

PATH = Path(__file__).parent.parent / "golden" / "golden.json"
CASES: list[dict[str, Any]] = json.loads(PATH.read_text("utf-8"))["cases"]


@pytest.fixture(scope="module")
def server() -> Iterator[TestClient]:
    """One server for all of them."""
    with visiting() as made:
        yield made


def numbers(tensor: Any) -> list[float]:
    """Every number of nested lists, in their order."""
    return [number for part in tensor for number in numbers(part)] if isinstance(tensor, list) else [tensor]


def error(mine: Any, golden: Any) -> float:
    """max|a − b| / max|b|."""
    pairs = list(zip(numbers(mine), numbers(golden), strict=True))
    return max(abs(a - b) for a, b in pairs) / (max(abs(b) for _, b in pairs) or 1.0)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_script_gets_pytorchs_numbers(server: TestClient, number: int) -> None:
    """Each loss, the last outputs and gradients, and the weights after them, to 1e-12 per tensor, without a cookie."""
    case = CASES[number]
    made = server.post("/api/sessions", json=case["spec"]).json()
    server.cookies.clear()
    headers = {"authorization": f"Bearer {made['token']}"}
    at = f"/api/sessions/{made['id']}"
    for loss in case["losses"]:
        forward = server.post(f"{at}/forward", headers=headers).json()
        assert error(forward["loss"], loss) <= 1e-12
        server.post(f"{at}/backward", headers=headers)
        gradients = server.get(f"{at}/gradients", headers=headers).json()["gradients"]
        server.post(f"{at}/step", json={"unit": "batch"}, headers=headers)
    parameters = server.get(f"{at}/parameters", headers=headers).json()["parameters"]
    assert error(forward["outputs"], case["outputs"]) <= 1e-12
    for mine, golden in ((gradients, case["gradients"]), (parameters, case["parameters"])):
        assert {tensor: error(mine[tensor], values) <= 1e-12 for tensor, values in golden.items()} == dict.fromkeys(golden, True)

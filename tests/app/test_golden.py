"""What PyTorch makes of random networks, over HTTP: a table and weights of one's own, then forward, backward and step, as a script with curl would."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.app.conftest import visiting

GOLDEN = Path(__file__).parent.parent / "golden"
CASES: list[dict[str, Any]] = json.loads((GOLDEN / "golden.json").read_text("utf-8"))["cases"]
SHAPES: list[dict[str, Any]] = json.loads((GOLDEN / "shapes.json").read_text("utf-8"))


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


@pytest.mark.parametrize("case", SHAPES, ids=lambda case: "-".join(str(value) for value in case["layer"].values())[:60])
def test_every_layer_has_pytorchs_gradients(server: TestClient, case: dict[str, Any]) -> None:
    """Layers of images and sequences of random shapes, with weights of one's own: loss and every gradient to 1e-12 per tensor."""
    layers = [{"kind": "reshape", "to": case["shape"]}, case["layer"], {"kind": "flatten"}]
    data = {"kind": "table", "inputs": case["inputs"], "targets": case["targets"], "task": "regression"}
    spec = {"data": data, "batch_size": len(case["inputs"]), "shuffle": False, "layers": layers, "loss": {"kind": "mean_squared_error"}}
    if not case["weights"]:  # something has to learn
        spec["layers"] = [
            {"kind": "linear", "units": len(case["inputs"][0]), "init": {"kind": "explicit", "values": identity(len(case["inputs"][0]))}},
            *layers,
        ]
    made = server.post("/api/sessions", json=spec).json()
    at, headers = f"/api/sessions/{made['id']}", {"authorization": f"Bearer {made['token']}"}
    if case["weights"]:
        edit = {"parameters": {f"1.{name}": values for name, values in case["weights"].items()}}
        assert server.patch(f"{at}/parameters", json=edit, headers=headers).status_code == 200
    state = server.post(f"{at}/backward", headers=headers).json()
    assert error(state["loss"], case["loss"]) <= 1e-12
    gradients = server.get(f"{at}/gradients", headers=headers).json()["gradients"]
    found = {name: error(gradients[f"1.{name}"], values) <= 1e-12 for name, values in case["gradients"].items()}
    assert found == dict.fromkeys(case["gradients"], True)
    server.delete(at, headers=headers)


def identity(size: int) -> list[list[float]]:
    """The matrix that changes nothing."""
    return [[float(row == column) for column in range(size)] for row in range(size)]

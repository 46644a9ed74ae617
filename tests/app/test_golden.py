"""What PyTorch makes of random networks, over HTTP: a table and weights of one's own, then forward, backward and step, as a script with curl would."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from engine.component import kinds
from engine.layers import Layer
from engine.tasks import Task
from tests.app.conftest import visiting
from tests.engine.games import SPEC

GOLDEN = Path(__file__).parent.parent / "golden"
CASES: list[dict[str, Any]] = json.loads((GOLDEN / "golden.json").read_text("utf-8"))["cases"]
SHAPES: list[dict[str, Any]] = json.loads((GOLDEN / "shapes.json").read_text("utf-8"))
TASKS: list[dict[str, Any]] = json.loads((GOLDEN / "tasks.json").read_text("utf-8"))
GAMES: dict[str, dict[str, Any]] = json.loads((GOLDEN / "gan.json").read_text("utf-8"))


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
    wanted = {f"1.{name}": values for name, values in case["gradients"].items()}
    if not case["weights"]:  # what arrives at the layer's input is what the layer before it learns from
        x, arriving = np.array(case["inputs"]), np.array(case["input_gradient"])
        wanted = {"0.W": (x.T @ arriving).tolist(), "0.b": arriving.sum(axis=0).tolist()}
    assert wanted and {name: error(gradients[name], values) <= 1e-12 for name, values in wanted.items()} == dict.fromkeys(wanted, True)
    server.delete(at, headers=headers)


@pytest.mark.parametrize("case", TASKS, ids=lambda case: case["name"])
def test_every_task_has_pytorchs_gradients(server: TestClient, case: dict[str, Any]) -> None:
    """Tasks, and layers that draw or look up, with the weights and draws of their seed: loss and every gradient to 1e-12 per tensor."""
    made = server.post("/api/sessions", json=case["spec"]).json()
    at, headers = f"/api/sessions/{made['id']}", {"authorization": f"Bearer {made['token']}"}
    assert error(server.post(f"{at}/backward", headers=headers).json()["loss"], case["loss"]) <= 1e-12
    gradients = server.get(f"{at}/gradients", headers=headers).json()["gradients"]
    wanted = case["gradients"]
    assert wanted and {name: error(gradients[name], values) <= 1e-12 for name, values in wanted.items()} == dict.fromkeys(wanted, True)
    server.delete(at, headers=headers)


@pytest.mark.parametrize("loss", GAMES)
def test_both_players_have_pytorchs_gradients(server: TestClient, loss: str) -> None:
    """A whole update of a GAN, in which the generator learns from the discriminator that has just learned."""
    game = GAMES[loss]
    made = server.post("/api/sessions", json={**SPEC, "task": {**SPEC["task"], "generator_loss": loss}}).json()
    at, headers = f"/api/sessions/{made['id']}", {"authorization": f"Bearer {made['token']}"}
    state = server.post(f"{at}/step", json={"unit": "batch"}, headers=headers).json()
    assert state["losses"] == pytest.approx(game["losses"], rel=1e-12)
    for what, wanted, near in (("gradients", game["gradients"], 1e-10), ("parameters", game["after"], 1e-10)):
        found = server.get(f"{at}/{what}", headers=headers).json()[what]
        assert {name: error(found[name], values) <= near for name, values in wanted.items()} == dict.fromkeys(wanted, True)
    server.delete(at, headers=headers)


def test_no_layer_and_no_task_is_without_pytorchs_numbers() -> None:
    """What is new needs a case; a reshape and a flatten stand in the cases of other layers."""
    named = set(re.findall(r'"kind": "(\w+)"', json.dumps([CASES, SHAPES, TASKS, SPEC])))
    every = {str(made.model_fields["kind"].default) for family in (Layer, Task) for made in kinds(family)}
    assert every - named == {"reshape", "flatten"}


def identity(size: int) -> list[list[float]]:
    """The matrix that changes nothing."""
    return [[float(row == column) for column in range(size)] for row in range(size)]

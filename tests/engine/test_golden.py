"""The engine against PyTorch's numbers, which tests/golden/make_golden.py wrote down, and each optimiser against its paper by hand."""

import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.clips import Clip
from engine.component import kinds
from engine.features import Feature
from engine.layers import Activation, Layer
from engine.losses import Loss
from engine.numeric import relative_error
from engine.optimizers import Optimizer
from engine.position import Position
from engine.schedules import Schedule
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import kind, make

PATH = Path(__file__).parent.parent / "golden" / "golden.json"
CASES: list[dict[str, Any]] = json.loads(PATH.read_text("utf-8"))["cases"]


def name(case: dict[str, Any]) -> str:
    spec = case["spec"]
    parts = [layer["kind"] for layer in spec["layers"] if layer["kind"] != "linear"]
    rate = spec["optimizer"]["learning_rate"]
    chosen = [spec["loss"]["kind"], spec["optimizer"]["kind"], rate["kind"] if isinstance(rate, dict) else "", spec["clip"]["kind"] if spec["clip"] else ""]
    return "-".join([*parts, *filter(None, chosen), *(penalty for penalty in ("l1", "l2") if spec[penalty])])


def furthest(mine: dict[str, Any], golden: dict[str, Any]) -> float:
    """The largest relative error of any tensor."""
    assert set(mine) == set(golden)
    return max(relative_error(np.asarray(mine[tensor]), np.asarray(values)) for tensor, values in golden.items())


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_numbers_are_pytorchs(case: dict[str, Any]) -> None:
    """The loss of every update, the outputs and gradients of the last one and the weights after it agree to 1e-12 per tensor."""
    session = Session(SessionSpec.model_validate(case["spec"]))
    for update, loss in enumerate(case["losses"], 1):
        session.run(Position(update, 0))
        assert session.state()["loss"] == pytest.approx(loss, rel=1e-12)
    assert relative_error(np.asarray(session.outputs()), np.asarray(case["outputs"])) <= 1e-12
    assert furthest(session.gradients(), case["gradients"]) <= 1e-12
    assert furthest(session.parameters(), case["parameters"]) <= 1e-12


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_lower_precision_is_pytorchs_rounded(case: dict[str, Any]) -> None:
    """In float32 the same numbers, to the digits that it keeps through a few updates: Adam's division by a small root costs it some of its seven."""
    session = Session(SessionSpec.model_validate({**case["spec"], "dtype": "float32"}))
    session.run(Position(len(case["losses"]), 0))
    assert session.state()["loss"] == pytest.approx(case["losses"][-1], rel=1e-4)
    assert furthest(session.gradients(), case["gradients"]) <= 2e-3
    assert furthest(session.parameters(), case["parameters"]) <= 2e-3


@pytest.mark.parametrize("family", [Layer, Loss, Optimizer, Clip, Schedule, Feature], ids=lambda family: family.family)
def test_golden_numbers_exist_for_every_component(family: Any) -> None:
    """A new activation, loss, optimiser, clip, schedule or feature asks for new golden numbers."""
    used: set[str] = set()
    for case in CASES:
        spec = case["spec"]
        parts = {
            Layer: spec["layers"], Loss: [spec["loss"]], Optimizer: [spec["optimizer"]], Clip: [spec["clip"]],
            Schedule: [spec["optimizer"]["learning_rate"]], Feature: spec["features"] or (),
        }[family]  # fmt: skip
        used |= {part["kind"] for part in parts if isinstance(part, dict)}
    assert {kind(component) for component in kinds(family) if family is not Layer or issubclass(component, Activation)} <= used


def test_the_golden_file_is_small() -> None:
    assert PATH.stat().st_size < 300_000


def steps(optimizer: dict[str, Any], gradients: list[float], start: float) -> list[float]:
    """A single weight after each of the given gradients: the input is 1 and the target lies one gradient below the prediction."""
    spec = make(
        batch_size=1,
        data={"kind": "table", "inputs": [[1.0]], "targets": [[0.0]], "task": "regression"},
        layers=[{"kind": "linear", "units": 1, "bias": False, "init": {"kind": "explicit", "values": [[start]]}}],
        loss={"kind": "halved_squared_error"},
        optimizer={"learning_rate": 0.1, **optimizer},
    )
    session = Session(spec)
    found = []
    for update, gradient in enumerate(gradients):
        weight = session.parameters()["0.W"][0][0]
        for block in session.batches.blocks(update):
            block[1] = weight - gradient
        session.run(Position(update + 1, 0))
        assert session.gradients()["0.W"][0][0] == pytest.approx(gradient, rel=1e-14)
        found.append(session.parameters()["0.W"][0][0])
    return found


# Two gradients, 0.5 then −0.25, at a rate of 0.1 from a weight of 1; each pair is worked out by hand from the paper's own lines.
BY_HAND: dict[str, tuple[dict[str, float], tuple[float, float]]] = {
    # w ← w − η g: 1 − 0.05, then + 0.025.
    "sgd": ({}, (0.95, 0.975)),
    # The velocity is 0.5, then 0.9 × 0.5 − 0.25 = 0.2; the weight loses a tenth of each.
    "momentum": ({"momentum": 0.9}, (0.95, 0.93)),
    # It steps along g + 0.9 v: 0.5 + 0.45 = 0.95, then −0.25 + 0.9 × 0.2 = −0.07.
    "nesterov": ({"momentum": 0.9}, (0.905, 0.912)),
    # The first step has size η whatever the gradient; the second is 0.25 / √(0.25 + 0.0625) of it, the other way.
    "adagrad": ({"epsilon": 1e-10}, (0.9, 0.9 + 0.1 * 0.25 / sqrt(0.3125))),
    # v = 0.1 × 0.25 = 0.025, then 0.9 × 0.025 + 0.1 × 0.0625 = 0.02875, with ρ = 0.9.
    "rmsprop": ({"rho": 0.9, "epsilon": 1e-10}, (1 - 0.05 / sqrt(0.025), 1 - 0.05 / sqrt(0.025) + 0.025 / sqrt(0.02875))),
    # m = 0.05, v = 0.00025 are corrected to 0.5 and 0.25: a step of η. Then m = 0.02 over 1 − 0.81 = 0.19, and
    # v = 0.999 × 0.00025 + 0.001 × 0.0625 = 0.00031225 over 1 − 0.998001 = 0.001999.
    "adam": ({"epsilon": 1e-12}, (0.9, 0.9 - 0.1 * (0.02 / 0.19) / sqrt(0.00031225 / 0.001999))),
    # As Adam, after the weight has lost η λ = 0.1 × 0.01 of itself.
    "adamw": ({"epsilon": 1e-12, "decay": 0.01}, (0.899, 0.899 * 0.999 - 0.1 * (0.02 / 0.19) / sqrt(0.00031225 / 0.001999))),
}  # fmt: skip


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_first_steps_by_hand(optimizer: type[Optimizer]) -> None:
    """The first two steps of every optimiser are those that its paper's lines give with a pencil."""
    settings, expected = BY_HAND[kind(optimizer)]
    assert steps({"kind": kind(optimizer), **settings}, [0.5, -0.25], 1.0) == pytest.approx(expected, rel=1e-9)

"""Layers that read images and sequences: against PyTorch's numbers, and against textbook loops."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.numeric import relative_error
from engine.session import Session
from engine.spec import SessionSpec
from tests.oracles import attention, convolution, recurrence

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "golden" / "shapes.json").read_text("utf-8"))
EXACT = 1e-12


def name(case: dict[str, Any]) -> str:
    return "-".join(str(value) for value in [*case["shape"], *case["layer"].values()] if not isinstance(value, list))


def differentiated(case: dict[str, Any]) -> Session:
    """The layer with the case's weights, at the end of its first backward pass. A layer before it learns nothing, so that inputs have a gradient too."""
    flat = len(case["inputs"][0])
    layers = [{"kind": "linear", "units": flat, "bias": False}, {"kind": "reshape", "to": case["shape"]}, case["layer"], {"kind": "flatten"}]
    data = {"kind": "table", "inputs": case["inputs"], "targets": case["targets"], "task": "regression"}
    spec = {"data": data, "batch_size": len(case["inputs"]), "shuffle": False, "layers": layers, "loss": {"kind": "mean_squared_error"}}
    session = Session(SessionSpec.model_validate(spec))
    session.edit({"0.W": np.eye(flat).tolist(), **{f"2.{key}": value for key, value in case["weights"].items()}})
    session.run(session.target_backward())
    return session


@pytest.mark.parametrize("case", CASES, ids=name)
def test_the_numbers_are_pytorchs(case: dict[str, Any]) -> None:
    """Outputs, loss, every weight's gradient and the input's agree to 1e-12 per tensor."""
    session = differentiated(case)
    assert session.state()["loss"] == pytest.approx(case["loss"], rel=EXACT)
    assert relative_error(np.asarray(session.outputs()), np.asarray(case["outputs"])) <= EXACT
    gradients = session.gradients()
    for key, expected in case["gradients"].items():
        assert relative_error(np.asarray(gradients[f"2.{key}"]), np.asarray(expected)) <= EXACT, key
    first = next(node for node in session.program.tape.nodes if node.op and node.op.name == "matmul")
    cotangent = session.program.cotangent(first.id)
    assert cotangent is not None
    assert relative_error(cotangent, np.asarray(case["input_gradient"])) <= EXACT


@pytest.mark.parametrize("case", [case for case in CASES if case["layer"]["kind"] == "conv2d"], ids=name)
def test_a_convolution_is_its_loops(case: dict[str, Any]) -> None:
    """The textbook's seven loops give the same outputs and the same gradients."""
    session, layer = differentiated(case), case["layer"]
    x = np.asarray(case["inputs"]).reshape(-1, *case["shape"])
    W, b = (np.asarray(case["weights"][key]) for key in "Wb")
    y = convolution.forward(x, W, b, layer["stride"], layer["padding"], layer["groups"])
    assert relative_error(np.asarray(session.outputs()), y.reshape(len(x), -1)) <= EXACT
    dy = 2 * (y.reshape(len(x), -1) - np.asarray(case["targets"])) / np.asarray(case["targets"]).size
    dW, db, _ = convolution.backward(dy.reshape(y.shape), x, W, layer["stride"], layer["padding"], layer["groups"])
    assert relative_error(np.asarray(session.gradients()["2.W"]), dW) <= EXACT
    assert relative_error(np.asarray(session.gradients()["2.b"]), db) <= EXACT


@pytest.mark.parametrize("case", [case for case in CASES if case["layer"].get("returns") == "last" and not case["layer"]["bidirectional"]], ids=name)
def test_recurrence_is_its_loop(case: dict[str, Any]) -> None:
    """Backpropagation through time as the textbook writes it gives the same gradients."""
    session = differentiated(case)
    x = np.asarray(case["inputs"]).reshape(-1, *case["shape"])
    weights = {key: np.asarray(value) for key, value in case["weights"].items()}
    rule = recurrence.RULES[case["layer"]["kind"]]
    h, gradients = rule(x, weights, lambda h: 2 * (h - np.asarray(case["targets"])) / np.asarray(case["targets"]).size)
    assert relative_error(np.asarray(session.outputs()), h) <= EXACT
    for key, expected in gradients.items():
        assert relative_error(np.asarray(session.gradients()[f"2.{key}"]), expected) <= EXACT, key


def by_hand(case: dict[str, Any], dy: np.ndarray[Any, Any], x: np.ndarray[Any, Any], w: dict[str, np.ndarray[Any, Any]]) -> Any:
    """One example through the textbook's layer: the values, the gradient at x, and at every weight."""
    layer = case["layer"]
    if layer["kind"] == "layer_norm":
        dx, dg, db = attention.norm_back(dy, x, w["g"], layer["eps"])
        return attention.norm(x, w["g"], w["b"], layer["eps"]), dx, {"g": dg, "b": db}
    if layer["kind"] == "transformer_block":
        return attention.block(dy, x, w, layer)
    return attention.attention(dy, x, w, layer.get("heads", 1), causal=layer["causal"])


TRANSFORMERS = ("layer_norm", "attention", "multi_head_attention", "transformer_block")


@pytest.mark.parametrize("case", [case for case in CASES if case["layer"]["kind"] in TRANSFORMERS and case["layer"].get("activation") != "gelu"], ids=name)
def test_attention_is_its_loops(case: dict[str, Any]) -> None:
    """Position by position, head by head and number by number the textbook gives the same outputs and the same gradients."""
    session = differentiated(case)
    x = np.asarray(case["inputs"]).reshape(-1, *case["shape"])
    w = {key: np.asarray(value) for key, value in case["weights"].items()}
    y = np.asarray(session.outputs())
    dy = (2 * (y - np.asarray(case["targets"])) / y.size).reshape(len(x), x.shape[1], -1)
    found = [by_hand(case, *each, w) for each in zip(dy, x, strict=True)]
    assert relative_error(y.reshape(dy.shape), np.array([values for values, *_ in found])) <= EXACT
    for key in w:
        assert relative_error(np.asarray(session.gradients()[f"2.{key}"]), sum(gradients[key] for *_, gradients in found)) <= EXACT, key

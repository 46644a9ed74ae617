"""The engine against a textbook network in plain loops, and against the numbers of the worked example in the textbooks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.numeric import relative_error
from engine.position import Position
from engine.presets import WORKED_EXAMPLE
from engine.session import Session
from engine.spec import SessionSpec
from tests.oracles.mlp import Dense, Mlp

ENDS = {
    "mean_squared_error": ["identity", "tanh", "relu"],
    "halved_squared_error": ["sigmoid", "identity"],
    "binary_cross_entropy": ["sigmoid"],
    "categorical_cross_entropy": ["softmax"],
}
LOGITS = {"binary_cross_entropy": "binary_cross_entropy_with_logits", "categorical_cross_entropy": "categorical_cross_entropy_with_logits"}


@st.composite
def problems(draw: st.DrawFn) -> tuple[Mlp, list[list[float]], list[list[float]], float]:
    """A random network with random examples that suit its loss, and a rate."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    loss = draw(st.sampled_from(sorted(ENDS)))
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    if loss == "categorical_cross_entropy":
        widths[-1] += 1
    hidden = st.sampled_from(["sigmoid", "tanh", "relu", "identity"])
    kinds = [draw(hidden) for _ in widths[2:]] + [draw(st.sampled_from(ENDS[loss]))]
    layers = [
        Dense(rng.normal(size=(inputs, units)).tolist(), rng.normal(size=units).tolist(), activation)
        for inputs, units, activation in zip(widths, widths[1:], kinds, strict=False)
    ]
    rows = draw(st.integers(1, 6))
    targets = rng.normal(size=(rows, widths[-1]))
    if loss == "binary_cross_entropy":
        targets = rng.integers(0, 2, targets.shape).astype(float)
    if loss == "categorical_cross_entropy":
        targets = np.eye(widths[-1])[rng.integers(0, widths[-1], rows)]
    return Mlp(layers, loss), rng.normal(size=(rows, widths[0])).tolist(), targets.tolist(), draw(st.floats(0.01, 0.5))


def session_of(mlp: Mlp, xs: list[list[float]], ts: list[list[float]], rate: float, *, logits: bool = False) -> Session:
    """The same network as a session; with `logits` the last activation is inside the loss."""
    layers: list[dict[str, Any]] = []
    for layer in mlp.layers:
        init = {"kind": "explicit", "values": layer.weights}
        layers += [{"kind": "linear", "units": len(layer.biases), "init": init, "bias_init": {"kind": "explicit", "values": layer.biases}}]
        layers += [{"kind": layer.activation}]
    data = {"kind": "table", "inputs": xs, "targets": ts}
    spec = {
        "batch_size": len(xs),
        "shuffle": False,
        "data": data,
        "layers": layers[:-1] if logits else layers,
        "loss": {"kind": LOGITS[mlp.loss] if logits else mlp.loss},
        "optimizer": {"kind": "sgd", "learning_rate": rate},
    }
    return Session(SessionSpec.model_validate(spec))


@settings(max_examples=150)
@given(problem=problems())
def test_the_engine_is_the_textbook(problem: tuple[Mlp, list[list[float]], list[list[float]], float]) -> None:
    """Losses, every gradient and every parameter after three updates agree to 12 digits, the loss on logits being the same function."""
    mlp, xs, ts, rate = problem
    sessions = [session_of(mlp, xs, ts, rate)] + ([session_of(mlp, xs, ts, rate, logits=True)] if mlp.loss in LOGITS else [])
    for update in range(3):
        loss, gradients = mlp.batch(xs, ts)
        for session in sessions:
            session.run(Position(update + 1, 0))
            assert session.state()["loss"] == pytest.approx(loss, rel=1e-12)
            for number, (weights, biases) in enumerate(gradients):
                assert relative_error(np.asarray(session.gradients()[f"{2 * number}.W"]), np.asarray(weights)) <= 1e-12
                assert relative_error(np.asarray(session.gradients()[f"{2 * number}.b"]), np.asarray(biases)) <= 1e-12
        mlp.train(xs, ts, rate)
        for session in sessions:
            for number, layer in enumerate(mlp.layers):
                assert relative_error(np.asarray(session.parameters()[f"{2 * number}.W"]), np.asarray(layer.weights)) <= 1e-12
                assert relative_error(np.asarray(session.parameters()[f"{2 * number}.b"]), np.asarray(layer.biases)) <= 1e-12


def test_the_worked_example() -> None:
    """The two inputs, two hidden units and two outputs that most learners meet, to every digit that is printed of them."""
    session = Session(SessionSpec.model_validate(WORKED_EXAMPLE))
    session.run(session.target_backward())
    assert round(session.state()["loss"], 9) == 0.298371109
    assert round(session.gradients()["2.W"][0][0], 9) == 0.082167041
    session.run(Position(1, 0))
    assert round(session.parameters()["2.W"][0][0], 8) == 0.35891648
    session.run(Position(1, session.program.ends["loss"]))
    assert round(session.state()["loss"], 9) == 0.291027774
    session.run(Position(10_000, 0))
    session.run(session.target_forward())
    assert f"{session.state()['loss']:.4e}" == "3.5102e-05"
    assert session.parameters()["0.b"] == [0.35, 0.35]
    assert session.parameters()["2.b"] == [0.6, 0.6]

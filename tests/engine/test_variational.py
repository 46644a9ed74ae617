"""Autoencoders: targets that are the inputs, a draw that a gradient goes through, and a divergence beside the loss."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import SpecError
from engine.history import scores
from engine.numeric import relative_error
from engine.position import Position
from engine.program import Program
from engine.session import Session
from tests.engine.networks import linear, make, trained
from tests.oracles.vae import Vae, loss_and_gradients

NAMES = ("0.W", "0.b", "2.W", "2.b", "3.W", "3.b")
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "golden" / "vae.json").read_text("utf-8"))
EXACT = 1e-12


def vae(units: int = 2, **fields: Any) -> Session:
    """A small variational autoencoder of random numbers, at the end of its first backward pass."""
    middle = {"kind": "variational", "units": units, "init": {"kind": "normal", "std": 0.6}, "bias_init": {"kind": "normal", "std": 0.6}, **fields}
    layers = [linear(4), {"kind": "tanh"}, middle, linear(3)]
    session = Session(make(task={"kind": "autoencoder"}, layers=layers, loss={"kind": "halved_squared_error"}))
    session.run(session.target_backward())
    return session


@pytest.mark.parametrize("beta", [0.0, 0.3, 4.0])
@pytest.mark.parametrize("through", [True, False])
@pytest.mark.parametrize("units", [1, 2])
def test_the_loss_and_its_gradients_are_the_papers(beta: float, through: bool, units: int) -> None:
    session = vae(units, beta=beta, through=through)
    program = session.program
    weights = Vae(*(session.parameters_arena.views[name] for name in NAMES))
    (noise,) = program.noise.views.values()
    reconstruction, divergence, gradients = loss_and_gradients(program.batch.views[0], noise, weights, beta, through=through)
    assert float(program.loss_value) == pytest.approx(reconstruction + divergence, rel=EXACT)
    for name, expected in zip(NAMES, gradients, strict=True):
        assert relative_error(session.gradients_arena.views[name], expected) <= EXACT or not expected.any(), name


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"beta {case['beta']}, through {case['through']}")
def test_the_numbers_are_pytorchs(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Loss and every gradient agree to 1e-12, on the noise that the case was made with."""

    def given(self: Program, update: int) -> None:
        for view in self.noise.views.values():
            view[...] = case["noise"]

    monkeypatch.setattr(Program, "draw", given)
    sizes = [len(case["weights"][name][0]) for name in ("0.W", "2.W", "3.W")]
    middle = {"kind": "variational", "units": sizes[1] // 2, "beta": case["beta"], "through": case["through"]}
    data = {"kind": "table", "inputs": case["inputs"], "targets": [[0.0]] * len(case["inputs"])}
    layers = [linear(sizes[0]), {"kind": "tanh"}, middle, linear(sizes[2])]
    spec = {"data": data, "task": {"kind": "autoencoder"}, "layers": layers, "loss": {"kind": case["loss_kind"]}, "batch_size": len(case["inputs"])}
    session = Session(make(**spec))
    session.edit(case["weights"])
    session.run(session.target_backward())
    assert float(session.program.loss_value) == pytest.approx(case["loss"], rel=EXACT)
    for name, expected in case["gradients"].items():
        assert relative_error(session.gradients_arena.views[name], np.asarray(expected)) <= EXACT, name


def test_a_draw_that_lets_no_gradient_through_is_told_in_words() -> None:
    """Encoder and heads learn from the divergence alone; the check agrees with that, and names the slope by every way."""
    session = vae(beta=1.0, through=False)
    found = session.check_all()
    assert found["ok"] and "no gradient goes through the drawn numbers to mean and variance" in found["sentence"]
    one = session.check("0.W[0,0]")
    assert one["agrees"] and abs(one["whole"] - one["difference"]) > 1e-4 and "is meant to leave some out: no gradient goes through" in one["sentence"]
    other = session.check("3.W[0,0]")
    assert other["agrees"] and "Nothing that is stopped on purpose leads here." in other["sentence"]
    whole = vae(beta=1.0).check("0.W[0,0]")
    assert whole["whole"] is None and one["whole"] == pytest.approx(whole["difference"], rel=1e-5)


def test_evaluation_takes_the_mean() -> None:
    session = vae()
    first = session.evaluator.prediction(session.data.inputs)
    assert np.array_equal(first, session.evaluator.prediction(session.data.inputs))
    h = np.tanh(session.data.inputs @ session.parameters_arena.views["0.W"] + session.parameters_arena.views["0.b"])
    mean = (h @ session.parameters_arena.views["2.W"] + session.parameters_arena.views["2.b"])[:, :2]
    np.testing.assert_allclose(first, mean @ session.parameters_arena.views["3.W"] + session.parameters_arena.views["3.b"], rtol=1e-12)


def test_an_autoencoder_aims_at_its_inputs() -> None:
    """Whatever the data call a target: digits through a middle of 8 numbers are given back better than by their mean."""
    layers = [{"kind": "linear", "units": 8}, {"kind": "linear", "units": 64}]
    data = {"kind": "digits", "scale": True}
    spec = make(data=data, task={"kind": "autoencoder"}, layers=layers, batch_size=64, dtype="float32", optimizer={"kind": "adam", "learning_rate": 0.01})
    session = trained(spec, 200)
    assert session.data.task == "regression" and np.array_equal(session.data.targets, session.data.inputs)
    found = scores(session)["test_loss"]
    assert found is not None and found < session.data.train_inputs.var(axis=0).mean() / 2


def test_a_sequence_is_given_back_step_by_step() -> None:
    layers = [{"kind": "rnn", "units": 5, "returns": "sequence"}, linear(1)]
    session = Session(make(data={"kind": "sine_waves", "rows": 8, "steps": 4}, task={"kind": "autoencoder"}, layers=layers))
    session.run(Position(1, 0))
    assert session.network.outputs == (4, 1) and session.check_all()["ok"]


def test_a_picture_is_laid_out_before_the_middle() -> None:
    with pytest.raises(SpecError, match="put a flatten before it"):
        Session(make(layers=[linear(4), {"kind": "reshape", "to": [2, 2]}, {"kind": "variational"}, linear(2)]))

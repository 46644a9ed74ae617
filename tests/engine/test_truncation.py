"""Truncated backpropagation through time: the state goes on, and its gradient is stopped after every so many steps."""

from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.layers.recurrent import Recurrent
from engine.numeric import relative_error
from engine.session import Session
from tests.engine.networks import kind, linear, make
from tests.oracles.recurrence import truncated_rnn

STEPS = 5
CELLS = [pytest.param(kind(cell), id=kind(cell)) for cell in kinds(Recurrent)]


def reader(cell: str, truncate: int, returns: str = "sequence", **more: Any) -> Session:
    """A recurrent layer on sine waves, asked for all that it read again; at the end of its first backward pass."""
    layers = [{"kind": cell, "units": 3, "returns": returns, "truncate": truncate, "bias_init": {"kind": "normal", "std": 0.5}, **more}, linear(1)]
    session = Session(make(data={"kind": "sine_waves", "rows": 6, "steps": STEPS}, task={"kind": "autoencoder"}, layers=layers))
    session.run(session.target_backward())
    return session


@pytest.mark.parametrize("every", [1, 2, 3, 7])
def test_the_gradients_are_those_of_the_textbooks_pieces(every: int) -> None:
    session = reader("rnn", every)
    program, weights = session.program, session.parameters_arena.views
    x = program.batch.views[0].reshape(-1, STEPS, 1)

    def slope(h: Any) -> Any:
        return (2 * (h @ weights["1.W"] + weights["1.b"] - x) / (STEPS * len(x))) @ weights["1.W"].T

    _, expected = truncated_rnn(x, {name: weights[f"0.{name}"] for name in "WUb"}, every, slope)
    for name, gradient in expected.items():
        assert relative_error(session.gradients_arena.views[f"0.{name}"], gradient) <= 1e-12, name


@pytest.mark.parametrize("cell", CELLS)
def test_truncation_changes_the_gradient_and_not_the_loss(cell: str) -> None:
    whole, cut, beyond = (reader(cell, every) for every in (0, 2, STEPS))
    assert np.array_equal(whole.program.loss_value, cut.program.loss_value) and np.array_equal(whole.outputs(), cut.outputs())
    assert relative_error(cut.gradients_arena.views["0.U"], whole.gradients_arena.views["0.U"]) > 1e-3
    assert np.array_equal(beyond.gradients_arena.flat, whole.gradients_arena.flat), "pieces as long as the sequence cut nothing"


@pytest.mark.parametrize("cell", CELLS)
def test_the_check_says_what_is_left_out(cell: str) -> None:
    """What is measured holds the carried state, so it agrees; the slope by every way is told beside it, with the reason."""
    session = reader(cell, 2, bidirectional=True)
    found = session.check_all()
    assert found["ok"] and "stops the gradient after every 2 steps, while the state goes on" in found["sentence"]
    one = session.check("0.W[0,0]")
    assert one["agrees"] and "is meant to leave some out" in one["sentence"]
    assert one["whole"] == pytest.approx(reader(cell, 0, bidirectional=True).check("0.W[0,0]")["difference"], rel=1e-5)


def test_truncation_is_in_the_script_and_told_beside_other_libraries() -> None:
    session = reader("lstm", 2)
    assert "stops the gradient after every 2 steps; here it goes all the way back" in session.code("pytorch")["text"]
    assert session.code("numpy")["text"]

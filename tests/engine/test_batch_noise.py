"""How the noise of a batch falls with its size: against every batch there is, one by one, and against the textbook's formula."""

from itertools import combinations
from math import sqrt
from typing import Any

import numpy as np
import pytest

import engine.noise as module
from engine.component import kinds
from engine.formula.calls import Array
from engine.layers import Layer
from engine.losses import Loss
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, flat, kind, make, table, trained, with_layer, with_loss

EVERY = [
    *(pytest.param(with_layer(layer), id=f"layer-{kind(layer)}") for layer in kinds(Layer)),
    *(pytest.param(with_loss(loss), id=f"loss-{kind(loss)}") for loss in kinds(Loss)),  # type: ignore[arg-type]
]
TAPES = [Session(param.values[0]).program.tape for param in EVERY]  # type: ignore[arg-type]
STEADY = [param for param, tape in zip(EVERY, TAPES, strict=True) if not tape.chances and not tape.mixes]
"""Without dropout and its like, by which an example's gradient is another one at each draw, and without what hangs on the other examples of a batch."""


def noise(session: Session) -> dict[str, Any]:
    return next(found for found in session.noise() if found)


def own_gradients(session: Session) -> Array:
    """Each training example's gradient, (examples, parameters), by following it."""
    return np.array([flat(session.gradients(row)) for row in range(session.data.train)])


@pytest.mark.parametrize("spec", STEADY)
def test_it_is_measured_on_the_examples_own_gradients(spec: SessionSpec) -> None:
    """The gradient of all examples and the spread of single ones are those of the gradients that following each example gives."""
    session = trained(spec, 2)
    own = own_gradients(session)
    found = noise(session)
    assert (found["examples"], found["parameters"]) == own.shape
    whole = own.mean(axis=0)
    assert found["gradient"] == pytest.approx(np.linalg.norm(whole), rel=1e-9, abs=1e-13)
    assert found["one"] == pytest.approx(sqrt(np.square(own - whole).sum(axis=1).mean()), rel=1e-9)
    single = found["sizes"][0]
    assert single["size"] == 1 and single["draws"] % len(own) == 0
    assert single["spread"] == pytest.approx(found["one"], rel=1e-12)
    assert single["mean"] == pytest.approx(found["gradient"], rel=1e-9, abs=1e-13)
    assert single["downhill"] == np.mean(own @ whole > 0)


def test_what_is_expected_is_the_mean_over_every_batch() -> None:
    """σ √((N − n) / (n (N − 1))) is what all batches of n out of N give, one by one."""
    session = trained(make(), 2)
    own = own_gradients(session)
    whole = own.mean(axis=0)
    for size in noise(session)["sizes"]:
        every = [np.square(own[list(batch)].mean(axis=0) - whole).sum() for batch in combinations(range(len(own)), size["size"])]
        assert size["expected"] == pytest.approx(sqrt(np.mean(every)), rel=1e-9)


def test_it_falls_with_the_root_of_the_size() -> None:
    """What is drawn is near what is expected: 64 batches and more of each size; the mean of batches is the gradient of all."""
    session = trained(make(data=table(rows=200), batch_size=24), 3)
    found = noise(session)
    assert [size["size"] for size in found["sizes"]] == [1, 2, 4, 8, 16, 24, 32, 64, 128]
    for size in found["sizes"]:
        assert size["draws"] >= module.DRAWS
        assert size["spread"] == pytest.approx(size["expected"], rel=0.25)
        assert size["low"] <= size["spread"] * 1.2 and size["high"] >= size["spread"] * 0.8
        assert size["expected"] <= size["root"] * (1 + 1e-12)
        assert size["root"] == pytest.approx(found["one"] / sqrt(size["size"]), rel=1e-12)
        assert size["mean"] == pytest.approx(found["gradient"], rel=0.25)


def test_a_batch_of_all_has_no_noise() -> None:
    session = trained(make(batch_size=7), 2)
    found = noise(session)
    last = found["sizes"][-1]
    assert (last["size"], last["draws"], last["downhill"]) == (7, 1, 1.0)
    assert last["spread"] == pytest.approx(0, abs=1e-12 * found["one"]) and last["expected"] == 0
    assert "no noise" in found["sentence"]


def test_where_noise_and_gradient_are_equal() -> None:
    """At that size the expected spread is the gradient's own length."""
    found = noise(trained(make(data=table(rows=200)), 3))
    n, whole = found["equal"], found["examples"]
    assert found["one"] * sqrt((whole - n) / (n * (whole - 1))) == pytest.approx(found["gradient"], rel=1e-12)


def test_the_same_session_gives_the_same_answer_and_is_left_alone() -> None:
    """Seeded draws; nothing of the session is written, and what it does meanwhile does not matter."""
    session = trained(make(data=table(rows=40)), 4)
    before = bits(session)
    first = noise(session)
    assert bits(session) == before and noise(session) == first
    pieces = session.noise()
    next(pieces)
    session.run(Position(9, 0))
    session.explain("parameter:0.W[0,0]")
    assert next(found for found in pieces if found) == {**first, "position": {"update": 4, "instruction": 0}}


def test_of_very_many_a_sample_is_taken_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples and parameters, each with how many there are."""
    for name, value in {"EXAMPLES": 20, "NUMBERS": 100, "LEAST": 5}.items():
        monkeypatch.setattr(module, name, value)
    session = trained(make(data=table(rows=60)), 2)
    found = noise(session)
    assert (found["examples"], found["of_examples"]) == (20, 60)
    assert (found["parameters"], found["of_parameters"]) == (5, session.parameter_count)
    monkeypatch.setattr(module, "WORK", 1)
    assert noise(session)["examples"] == 5


def test_before_training_there_is_noise_too() -> None:
    assert noise(Session(make()))["sizes"]


def test_a_gradient_of_zero_is_all_noise() -> None:
    """Two examples that pull in opposite directions with the same force."""
    data = {"kind": "table", "inputs": [[1, 0, 0], [1, 0, 0]], "targets": [[1, 1], [-1, -1]]}
    zeros = {"kind": "linear", "units": 2, "init": {"kind": "zeros"}}
    found = noise(Session(make(data=data, layers=[zeros], batch_size=1)))
    assert found["gradient"] == 0 and found["equal"] is None and "is noise" in found["sentence"]


def test_what_is_not_finite_is_said() -> None:
    data = {"kind": "table", "inputs": [[0, 0, 0], [1e30, 1e30, 1e30]], "targets": [[0, 1], [1, 0]]}
    session = Session(make(data=data, batch_size=1))
    session.edit({"0.W": [[1e300] * 4] * 3, "2.W": [[1e300] * 2] * 4})
    found = noise(session)
    assert found["sizes"] == [] and "not a finite number" in found["sentence"]

"""Every bug against a textbook program with the same mistake; what it makes wrong, and what it leaves right."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bugs import Bug
from engine.clips import Clip
from engine.component import kinds
from engine.errors import SpecError
from engine.losses import Loss
from engine.optimizers import Optimizer
from engine.position import Position
from tests.engine.networks import kind
from tests.engine.test_oracle import near, networks, numbers, session_of
from tests.oracles.broken import Broken
from tests.oracles.mlp import Dense, Descent, Gradients, Mlp

EVERY = pytest.mark.parametrize("bug", [kind(bug) for bug in kinds(Bug)])
UPDATES = 3


def broken(mlp: Mlp, bug: str | None) -> Broken:
    """The textbook network with a mistake, independent of the one given."""
    return Broken(deepcopy(mlp.layers), mlp.loss, mlp.loss_numbers, bug=bug)


def tensors(parts: Gradients) -> dict[str, Any]:
    """Weights and biases of each layer by the names that parameters have in a session."""
    return {f"{2 * number}.{name}": np.asarray(part) for number, pair in enumerate(parts) for name, part in zip("Wb", pair, strict=True)}


def weights(mlp: Mlp) -> dict[str, Any]:
    """The parameters by the names that they have in a session."""
    return tensors([(layer.weights, layer.biases) for layer in mlp.layers])


def same(found: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether every tensor is the expected one."""
    return found.keys() == expected.keys() and all(near(found[name], values) for name, values in expected.items())


def compare(bug: str, mlp: Mlp, xs: Any, ts: Any, how: Descent) -> None:
    """Gradients and parameters of some updates; where the bug is refused, it is the mistake that changes nothing."""
    right, wrong = broken(mlp, None), broken(mlp, bug)
    session = session_of(mlp, xs, ts, how)
    if session.graph()["bugs"][bug]:
        with pytest.raises(SpecError, match=r"here|shape"):
            session.configure({"bug": {"kind": bug}})
        for _ in range(UPDATES):
            assert same(tensors(right.update(xs, ts, how)), tensors(wrong.update(xs, ts, how)))
        assert same(weights(right), weights(wrong))
        return
    session.configure({"bug": {"kind": bug}})
    for update in range(UPDATES):
        expected = tensors(wrong.update(xs, ts, how))
        session.run(Position(update + 1, 0))
        assert same(session.gradients(), expected)
        assert same(session.parameters(), weights(wrong))


@EVERY
@pytest.mark.parametrize("loss", kinds(Loss), ids=kind)
@settings(max_examples=8)
@given(data=st.data())
def test_a_bug_is_the_textbooks_mistake(bug: str, loss: type[Loss], data: st.DataObject) -> None:
    """On random networks of any activations, with every loss."""
    compare(bug, *data.draw(networks(loss)), Descent(rate=data.draw(st.floats(0.01, 0.05))))


@EVERY
@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
@settings(max_examples=5)
@given(data=st.data())
def test_a_bug_goes_with_every_rule_of_descent(bug: str, optimizer: type[Optimizer], data: st.DataObject) -> None:
    """With and without a clip and penalties; where layers are stepped one by one, a clip sees one at a time."""
    loss = data.draw(st.sampled_from(kinds(Loss)))
    clip = data.draw(st.sampled_from([None, *kinds(Clip)]))
    penalties = {name: data.draw(st.sampled_from([0.0, 0.05])) for name in ("l1", "l2")}
    how = Descent(kind(optimizer), data.draw(st.floats(0.01, 0.05)), numbers(optimizer, data.draw), kind(clip) if clip else None, 0.2, **penalties)
    compare(bug, *data.draw(networks(loss)), how)


def test_the_textbook_makes_no_mistake_by_itself() -> None:
    """Without a bug, the program that could make them is the textbook's own."""
    rng = np.random.default_rng(3)
    layers = [Dense(rng.normal(size=(2, 3)).tolist(), rng.normal(size=3).tolist(), "tanh"), Dense(rng.normal(size=(3, 1)).tolist(), [0.1], "identity")]
    mlp = Mlp(layers, "mean_squared_error")
    xs, ts = rng.normal(size=(4, 2)).tolist(), rng.normal(size=(4, 1)).tolist()
    other = broken(mlp, None)
    assert same(tensors(other.update(xs, ts, Descent())), tensors(mlp.batch(xs, ts)[1]))
    mlp.train(xs, ts, Descent())
    assert same(weights(other), weights(mlp))

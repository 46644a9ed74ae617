"""Every bug against a textbook program with the same mistake; what it makes wrong, and what it leaves right."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
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
HUGE = 1e6
"""A gradient that a bug has blown up beyond this is made of roundings, and no longer of what was computed."""


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
        if max(np.abs(values).max() for values in expected.values()) > HUGE:
            return
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


@EVERY
@settings(max_examples=6)
@given(data=st.data())
def test_the_badge_is_red_and_names_what_is_wrong(bug: str, data: st.DataObject) -> None:
    """The measured slopes disagree at exactly the parameters whose gradients the textbook's mistake changes, the steps at those that it steps wrong."""
    mlp, xs, ts = data.draw(networks(data.draw(st.sampled_from(kinds(Loss)))))  # type: ignore[arg-type]
    how = Descent(rate=0.05)
    session = session_of(mlp, xs, ts, how)
    assume(session.graph()["bugs"][bug] is None)
    session.configure({"bug": {"kind": bug}})
    book = broken(mlp, bug)
    for update in range(2):
        right = broken(book, None)
        true = tensors(right.update(xs, ts, how))
        made = tensors(book.update(xs, ts, how))
        session.run(Position(update + 1, 0))
    found = session.check_all()
    for wrong, mine, books in (({each["name"] for each in found["tensors"] if each["wrong"]}, made, true), (steps(found), weights(book), weights(right))):
        gaps = {name: np.abs(mine[name] - books[name]).max() / max(np.abs(true[name]).max(), 1e-9) for name in books}
        assume(not any(1e-9 < gap < 1e-4 for gap in gaps.values()))
        assert wrong == {name for name, gap in gaps.items() if gap >= 1e-4}
    assert found["ok"] == (not steps(found))
    assert found["sentence"] and found["steps"]["sentence"]


def steps(found: dict[str, Any]) -> set[str]:
    """The parameters that were stepped wrong."""
    return {each["name"] for each in found["steps"]["wrong"]}


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

"""The check of the step: right wherever no mistake is made, silent where it cannot know, and in words where a bug steps wrong."""

from typing import Any

import numpy as np
import pytest

from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from engine.strides import strides
from tests.engine.networks import bits, everything, linear, make, trained, ways_to_train, with_bug

HEALTHY = [*everything(), *everything(dtype="float32"), *(way for way in ways_to_train() if way.values[0].bug is None)]


def found(session: Session) -> dict[str, Any]:
    """The check, where it knows."""
    checked = strides(session)
    assert checked is not None
    return checked


@pytest.mark.parametrize("spec", HEALTHY)
def test_every_step_is_what_is_asked_for(spec: SessionSpec) -> None:
    """With every layer, loss, optimiser, clip and schedule; and nothing of the session is changed by asking."""
    session = trained(spec, 5)
    before = bits(session)
    assert found(session) == {"ok": True, "wrong": [], "short": "", "sentence": "the step is what the optimiser asks for"}
    assert bits(session) == before


def test_it_says_nothing_where_it_cannot_know() -> None:
    """Before the first update, within one, and after a change by hand until the next update is done."""
    session = Session(make())
    assert strides(session) is None
    session.run(Position(1, 3))
    assert strides(session) is None and session.check_all()["steps"] is None
    session.run(Position(2, 0))
    assert found(session)["ok"]
    session.edit({"0.W[0,0]": 3.0})
    assert strides(session) is None
    session.run(Position(3, 0))
    session.configure({"optimizer": {"kind": "adam"}})
    assert strides(session) is None
    session.run(Position(4, 0))
    assert found(session)["ok"]


def test_a_step_is_named_with_its_factor() -> None:
    """A bias stepped once for each of its weights, with its layer's inputs as the factor; what is frozen is not stepped, and not named."""
    bug = {"kind": "bias_per_weight"}
    session = trained(make(layers=[linear(4), {"kind": "tanh"}, linear(2, train=["W"])], bug=bug), 3)
    assert found(session)["sentence"] == "the step of 0.b is 3 times what the optimiser asks for"
    assert found(session)["short"] == "step of 0.b: 3 times"
    session = trained(make(layers=[linear(4, train=["b"]), {"kind": "tanh"}, linear(2)], bug=bug, optimizer={"kind": "adam", "learning_rate": 0.01}), 3)
    assert found(session)["sentence"] == "the steps of 0.b (3 times) and 2.b (4 times) are not what the optimiser asks for"
    assert found(session)["short"] == "steps wrong: 0.b, 2.b"
    assert [each["ratio"] for each in found(session)["wrong"]] == pytest.approx([3, 4], rel=1e-6)
    badge = session.check_all()
    assert badge["wrong"] == 0 and badge["ok"] is False and badge["steps"] == found(session)


@pytest.mark.parametrize(
    ("bug", "words"),
    [
        ("missing_mean", "the steps of 0.W (3 times), 0.b (3 times), 2.W (3 times) and 3 more are not what the optimiser asks for"),
        ("wrong_sign", "the steps of 0.W (the other way), 0.b (the other way), 2.W (the other way) and 3 more are not what the optimiser asks for"),
    ],
)
def test_many_steps_are_counted(bug: str, words: str) -> None:
    session = Session(with_bug(bug))
    session.run(Position(1, 0))
    assert found(session)["sentence"] == words


def test_a_step_that_is_not_asked_for_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a frozen parameter is moved all the same, and where a step is not a number."""
    session = trained(make(layers=[linear(4, train=["W"]), {"kind": "tanh"}, linear(2)]), 2)
    session.parameters_arena.views["0.b"][0] += 1
    session.parameters_arena.views["2.b"][0] = np.nan
    assert [each["says"] for each in found(session)["wrong"]] == ["moved, though no step is asked for", "not a finite number"]
    assert found(session)["sentence"].startswith("the steps of 0.b (moved")

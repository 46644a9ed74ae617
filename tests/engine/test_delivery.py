"""Promise and delivery: the promise is the gradient along the step, the delivery what forward passes measure; both agree as steps shrink."""

from typing import Any

import numpy as np
import pytest

from engine import delivery, twin
from engine.delivery import AHEAD, CHANGED, FORGOTTEN, HEAVY, NONE_YET, POINTS
from engine.formula.calls import Array
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from engine.verdict import RULE, verdict
from tests.engine.networks import bits, everything, linear, make, trained, ways_to_train

WAYS = list(ways_to_train())
NETWORKS = list(everything())
PENALIZED = list(everything(l1=0.03, l2=0.2))


def objective(spec: SessionSpec, update: int, parameters: Array) -> float:
    """The objective of an update's batch at given parameters, by a session of its own that is set to them by hand."""
    session = trained(spec, update)
    named = {name: parameters[start:stop].reshape(session.network.shapes[name]).tolist() for name, (start, stop) in session.parameters_arena.spans.items()}
    session.edit(named)
    session.run(session.target_forward())
    return float(session.state()["objective"])


@pytest.mark.parametrize("spec", WAYS + NETWORKS + PENALIZED)
def test_the_promise_is_the_gradient_along_the_step_and_the_delivery_is_measured(spec: SessionSpec) -> None:
    """After some updates both numbers are those that plain sums and two forward passes by hand give; nothing is moved by asking."""
    for updates in (1, 4):
        session = trained(spec, updates)
        before, state = trained(spec, updates - 1).parameters_arena.flat.astype(float), bits(session)
        found = session.delivery(curve=True)
        assert bits(session) == state
        after, gradient = session.parameters_arena.flat.astype(float), session.gradients_arena.flat.astype(float)
        assert found["promised"] == pytest.approx(float(sum(g * (b - a) for g, a, b in zip(gradient, before, after, strict=True))), rel=1e-9, abs=1e-15)
        start, full = objective(spec, updates - 1, before), objective(spec, updates - 1, after)
        rough = 1e-5 if spec.dtype == "float32" else 1e-12
        assert found["before"] == pytest.approx(start, rel=rough) and found["after"] == pytest.approx(full, rel=rough)
        assert found["delivered"] == pytest.approx(full - start, abs=2 * rough * max(abs(start), 1e-3))
        assert (found["when"], found["update"], found["examples"]) == ("done", updates - 1, len(session.batch_examples()))
        curve = found["curve"]
        assert curve["t"] == pytest.approx(np.linspace(0, 2, POINTS))
        assert (curve["loss"][0], curve["loss"][POINTS // 2]) == (found["before"], found["after"])
        half = objective(spec, updates - 1, before + 0.5 * (after - before))
        assert curve["loss"][POINTS // 4] == pytest.approx(half, rel=rough)


@pytest.mark.parametrize("spec", WAYS + NETWORKS + PENALIZED)
def test_small_steps_keep_the_promise_of_a_true_gradient(spec: SessionSpec) -> None:
    """As the rate shrinks a hundredfold, what the delivery lacks of the promise shrinks with it: the ratio goes to 1.

    Not so where a bug makes the gradient wrong, unless its wrong shrinks with the rate too, nor where the gradient is an estimate.
    """
    lacks, true = [], True
    for rate in (1e-3, 1e-5):
        session = trained(spec.model_copy(update={"optimizer": spec.optimizer.model_copy(update={"learning_rate": rate}), "dtype": "float64"}), 2)
        found = session.delivery()
        true = true and not session.check_all()["wrong"] and session.check_all()["estimate"] is None
        assert found["promised"] < 0
        lacks.append(abs(found["share"] - 1))
    kept = lacks[1] <= 0.02 * lacks[0] + 1e-5 and lacks[1] < 1e-2
    assert kept == (true or bool(spec.bug and spec.bug.early))
    assert true or spec.bug or spec.gradient.kind != "backpropagation"


@pytest.mark.parametrize("spec", WAYS)
def test_the_promise_is_known_before_the_step(spec: SessionSpec) -> None:
    """From the end of the backward pass on it is foretold, bit for bit; until then nothing is said."""
    session = trained(spec, 3)
    first, count = session.program.ends["backward"], session.instruction_count
    for instruction in range(1, count):
        session.run(Position(3, instruction))
        found = session.delivery()
        if instruction < first:
            assert (found["when"], found["sentence"], found["promised"], found["delivered"]) == ("unknown", AHEAD, None, None)
            continue
        state = bits(session)
        foretold = session.delivery(curve=True)
        assert bits(session) == state and foretold["when"] == "ahead"
    session.run(Position(4, 0))
    done = session.delivery(curve=True)
    assert done["when"] == "done"
    for name in ("promised", "delivered", "share", "before", "after", "verdict", "rate", "curve", "update"):
        assert done[name] == foretold[name], name


@pytest.mark.parametrize(
    "change", [{"l2": 0.5}, {"clip": {"kind": "norm", "limit": 0.1}}, {"optimizer": {"kind": "adam"}}, {"learning_rate": 3.0}, None], ids=str
)
def test_a_change_afterwards_leaves_the_step_as_it_was(change: dict[str, Any] | None) -> None:
    """Settings changed or numbers set since are no part of the step."""
    session = trained(make(optimizer={"kind": "momentum", "learning_rate": 0.1}, l1=0.01), 7)
    before = session.delivery(curve=True)
    session.edit({"0.W[1,2]": 5.0}) if change is None else session.configure(change)
    assert session.delivery(curve=True) == before
    session.run(Position(8, 0))
    assert session.delivery()["when"] == "done"


def test_an_edit_between_the_lines_of_an_update_ends_its_promise() -> None:
    """Before its lines an edit begins the update's numbers anew, and the promise holds; among them it does not."""
    session = Session(make(optimizer={"kind": "adam", "learning_rate": 1e-4}))
    session.run(Position(2, 4))
    session.edit({"0.W[1,2]": 5.0})
    for position in (Position(2, session.program.ends["backward"]), Position(3, 0)):
        session.run(position)
        assert session.delivery()["share"] == pytest.approx(1, abs=0.05)
    session.run(Position(3, session.program.ends["backward"] + 2))
    session.edit({"0.W[1,2]": -5.0})
    for position in (session.position, Position(4, 0)):
        session.run(position)
        found = session.delivery()
        assert (found["when"], found["sentence"], found["promised"]) == ("unknown", CHANGED, None)
    session.run(Position(5, 0))
    assert session.delivery()["when"] == "done"


def test_a_rate_set_in_the_midst_of_an_update_is_the_rate_of_its_step() -> None:
    session = Session(make(optimizer={"kind": "sgd", "learning_rate": 0.05}))
    session.run(Position(2, 4))
    session.configure({"learning_rate": 0.2})
    session.run(Position(3, 0))
    found = session.delivery()
    assert found["rate"] == 0.2
    assert found["promised"] == pytest.approx(-0.2 * float(np.square(session.gradients_arena.flat).sum()), rel=1e-9)


def test_what_cannot_be_told_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first update, beyond the stated size, and where an edit hides a step that is too far to replay."""
    session = Session(make())
    assert (session.delivery()["when"], session.delivery()["sentence"]) == ("unknown", NONE_YET)
    session.run(Position(1, 0))
    monkeypatch.setattr(delivery, "MOST", session.parameter_count * 3)
    assert session.delivery()["when"] == "done"
    monkeypatch.setattr(delivery, "MOST", session.parameter_count * 3 - 1)
    assert (session.delivery()["when"], session.delivery()["sentence"]) == ("heavy", HEAVY)
    monkeypatch.undo()
    assert f"{delivery.MOST:,}" in HEAVY
    session.edit({"0.W[1,2]": 5.0})
    monkeypatch.setattr(twin, "MOST_UPDATES", 0)
    assert (session.delivery()["when"], session.delivery()["sentence"]) == ("unknown", FORGOTTEN)


def test_what_is_frozen_is_no_part_of_the_promise() -> None:
    session = trained(make(layers=[linear(4, train=["W"]), {"kind": "tanh"}, linear(2, train=["b"])]), 2)
    moved = session.gradients_arena.views["0.W"], session.gradients_arena.views["2.b"]
    assert session.delivery()["promised"] == pytest.approx(-0.05 * sum(float(np.square(view).sum()) for view in moved), rel=1e-9)


def test_too_large_a_rate_is_called_an_overshoot() -> None:
    """A rate at which the loss rises, and one at which it is finite no more, are named as such."""
    session = trained(make(optimizer={"kind": "sgd", "learning_rate": 20.0}), 1)
    found = session.delivery()
    assert found["delivered"] > 0 > found["promised"]
    assert found["verdict"] == "overshoot" and "the loss rose" in found["sentence"]
    session = Session(make(layers=[linear(4), {"kind": "leaky_relu", "slope": 0.5}, linear(2)], optimizer={"kind": "sgd", "learning_rate": 3.0}))
    session.run(Position(100_000, 0))  # stops before the first number that is not finite
    session.run(Position(session.position.update + 1, 0))
    found = session.delivery(curve=True)
    assert found["verdict"] == "not finite" and "Overshoot: beyond all numbers" in found["sentence"]
    assert all(value is None or np.isfinite(value) for value in found["curve"]["loss"])


@pytest.mark.parametrize("spec", WAYS)
def test_an_estimate_is_called_one(spec: SessionSpec) -> None:
    """What promises is said: the gradient, or an estimate of it."""
    session = trained(spec, 2)
    guessed = spec.gradient.kind != "backpropagation"
    assert session.delivery()["sentence"].startswith("The estimated gradient promised" if guessed else "The gradient promised")
    name = next(iter(session.parameters()))
    places = ",".join("0" * session.parameters_arena.views[name].ndim)
    assert session.anatomy(f"{name}[{places}]")["estimated"] == guessed


def test_memory_can_carry_a_step_uphill() -> None:
    """With momentum some steps point up the slope; they are told apart from those that overshoot."""
    session = Session(make(optimizer={"kind": "momentum", "learning_rate": 0.2, "momentum": 0.98}))
    names = set()
    for update in range(1, 80):
        session.run(Position(update, 0))
        found = session.delivery()
        names.add(found["verdict"])
        assert (found["verdict"] == "uphill") == (found["promised"] > 0)
    assert {"uphill", "good"} <= names


@pytest.mark.parametrize(
    ("slope", "bend", "name", "says"),
    [
        (-1.0, 0.0, "too small", "twice as much"), (-1.0, 0.009, "too small", "99.1\u00a0%"), (-1.0, 0.011, "good", "98.9\u00a0%"),
        (-1.0, 0.5, "good", "50\u00a0%"),
        (-1.0, 0.66, "good", "34\u00a0%"), (-1.0, 0.67, "overshoot", "half the step"), (-1.0, 1.5, "overshoot", "rose"),
        (-1.0, -3.0, "too small", "400\u00a0%"),
        (-1.0, -30.0, "too small", "31 times"), (1.0, 0.5, "uphill", "ends higher"), (1.0, -2.0, "uphill", "no higher"), (0.0, 0.0, "no step", "Nothing moves"),
        (0.0, 1.0, "uphill", "ends higher"), (-1e-17, 0.0, "too small", "last digits"), (-1.0, float("inf"), "not finite", "∞"),
        (float("nan"), 0.0, "not finite", "not a number"),
    ],
)  # fmt: skip
def test_verdicts_on_parabolas(slope: float, bend: float, name: str, says: str) -> None:
    """On L(t) = 3 + slope t + bend t² the verdict follows from where the floor lies."""
    losses = [3 + slope * t + bend * t * t if np.isfinite(slope) else float("nan") for t in (0.5, 1, 2)]
    for taken in (True, False):
        found = verdict(slope, 3.0, losses[0], losses[1], losses[2], taken=taken)
        assert found.name == name
        assert says in found.sentence or (not taken and says == "rose")
        assert ("promised" in found.sentence, "will deliver" in found.sentence) == (taken, not taken)
    assert all(word in RULE for word in ("Too small", "Overshoot", "Good", "Uphill"))


@pytest.mark.parametrize("spec", WAYS)
def test_the_step_is_explained_with_its_lines(spec: SessionSpec) -> None:
    """The lines are those of the update, each at its op; the one that has just run is the current one."""
    session = Session(spec)
    for position in [Position(0, 0), *(Position(0, number) for number in range(1, session.instruction_count)), Position(1, 0)]:
        session.run(position)
        found = session.explain("step")
        assert (found["kind"], found["optimizer"]) == ("step", session.settings.optimizer.title)
        own = [line for line in found["lines"] if line["instruction"] is not None]
        steps = [[i.index for i in session.program.instructions if i.phase == "update" and i.line == number] for number in range(len(session.update.lines))]
        done = session.instruction_count if position == (1, 0) else position.instruction
        assert [line["instruction"] for line in own] == [indices[-1] for indices in steps]
        assert [line["ran"] for line in own] == [indices[-1] < done for indices in steps]
        assert [line["current"] for line in own] == [done - 1 in indices for indices in steps]
        assert all(line["formula"].startswith("<math") and line["says"] for line in found["lines"])
        assert {**found, **session.delivery(curve=True)} == found

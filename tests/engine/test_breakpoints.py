"""Breakpoints: a run stops at exactly the update after which something begins to be so, at any speed, and says what and where."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.breakpoints import AnyBreakpoint, Breakpoint
from engine.breakpoints.accuracy_passes import AccuracyPasses
from engine.breakpoints.example_right import ExampleRight
from engine.breakpoints.gradient_leaves import GradientLeaves
from engine.breakpoints.loss_rises import LossRises
from engine.breakpoints.neuron_dies import NeuronDies
from engine.breakpoints.neuron_saturates import NeuronSaturates
from engine.breakpoints.not_finite import NotFinite
from engine.component import kinds
from engine.errors import SpecError
from engine.history import accuracy
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from engine.watch import Watch
from tests.engine.networks import bits, kind, linear, make

FAR = Position(2000, 0)
MOONS = SessionSpec()
RELU = make(layers=[linear(6), {"kind": "relu"}, linear(2)], optimizer={"kind": "sgd", "learning_rate": 0.4})
WILD = make(optimizer={"kind": "sgd", "learning_rate": 0.9})


def last_rises(session: Session, losses: list[float]) -> bool:
    return len(losses) >= 6 and np.mean(losses[-3:]) > 1.2 * np.mean(losses[-6:-3])


def leaves(session: Session, losses: list[float]) -> bool:
    return bool(np.linalg.norm(np.concatenate([session.gradients_arena.views[name].ravel() for name in ("2.W", "2.b")])) > 0.5)


def dead(session: Session, losses: list[float]) -> bool:
    inputs = session.data.part("train")[0]
    hidden = np.maximum(inputs @ np.array(session.parameters()["0.W"]) + np.array(session.parameters()["0.b"]), 0)
    return bool((hidden == 0).all(axis=0).any())


def saturated(session: Session, losses: list[float]) -> bool:
    return bool((np.abs(session.program.value(session.symbols.columns[1].post)) >= 1 - 0.1).all(axis=0).any())


def accurate(session: Session, losses: list[float]) -> bool:
    predictions = session.predictions()
    return bool(np.mean(predictions["correct"][: session.data.train]) >= 0.86)


def right(session: Session, losses: list[float]) -> bool:
    return bool(session.predictions()["correct"][4])


CASES: list[Any] = [
    pytest.param(LossRises(share=0.2, updates=3), WILD, last_rises, id="loss_rises"),
    pytest.param(GradientLeaves(layer=2, high=0.5), WILD, leaves, id="gradient_leaves"),
    pytest.param(NeuronDies(), RELU, dead, id="neuron_dies"),
    pytest.param(NeuronSaturates(distance=0.05), WILD, saturated, id="neuron_saturates"),
    pytest.param(AccuracyPasses(mark=0.86), MOONS, accurate, id="accuracy_passes"),
    pytest.param(ExampleRight(example=4), MOONS, right, id="example_right"),
]


def first(spec: SessionSpec, holds: Callable[[Session, list[float]], bool]) -> int:
    """The first update after which it holds and did not just before, looked for without any breakpoint."""
    session, losses, before = Session(spec), [], False
    for update in range(1, FAR.update):
        session.run(Position(update, 0), tap=())
        losses.append(float(session.program.loss_value))
        now = holds(session, losses)
        if now and not before:
            return update
        before = now
    raise AssertionError("it never holds")


def watched(spec: SessionSpec, breakpoint: Breakpoint, budget: float | None = None) -> tuple[Session, Watch]:
    session = Session(spec)
    watch = Watch(session, [breakpoint])
    while session.position < FAR and not watch.hit:
        session.run(FAR, budget, tap=(session.history.tap, watch.tap))
    return session, watch


@pytest.mark.parametrize("breakpoint, spec, holds", CASES)
def test_a_run_stops_at_exactly_that_update(breakpoint: Breakpoint, spec: SessionSpec, holds: Any) -> None:
    """Known by looking at every update by other means; in one go, in slices and by single instructions alike."""
    session, watch = watched(spec, breakpoint)
    assert session.position == (first(spec, holds), 0)
    assert watch.hit and watch.json()
    sliced, _ = watched(spec, breakpoint, budget=0.0)
    assert (sliced.position, bits(sliced)) == (session.position, bits(session))
    stepped = Session(spec)
    watch = Watch(stepped, [breakpoint])
    while not watch.hit:
        stepped.run(stepped.target("op", 7), tap=(watch.tap,))
    assert stepped.position.update == session.position.update


@pytest.mark.parametrize("breakpoint, spec, holds", CASES)
def test_what_already_holds_is_no_reason_to_stop(breakpoint: Breakpoint, spec: SessionSpec, holds: Any) -> None:
    """Going on after a hit does not stop at once for the same thing."""
    session, _ = watched(spec, breakpoint)
    watch = Watch(session, [breakpoint])
    session.run(Position(session.position.update + 1, 0), tap=(watch.tap,))
    assert watch.hit is None or not isinstance(breakpoint, AccuracyPasses | ExampleRight | NeuronDies)


@pytest.mark.parametrize("family", kinds(Breakpoint), ids=kind)
def test_every_breakpoint_watches_without_touching(family: type[Breakpoint]) -> None:
    """With its defaults it can be asked of a classifying network, and a run under it has the very bits of one without."""
    session, plain = Session(MOONS), Session(MOONS)
    watch = Watch(session, [family()])
    assert watch.every[0] >= 1
    session.run(Position(12, 0), tap=(watch.tap,))
    plain.run(session.position, tap=())
    assert bits(session) == bits(plain)


def test_the_families_are_all_tested() -> None:
    assert {kind(each) for each in kinds(Breakpoint)} == {case.id for case in CASES} | {"not_finite"}


def test_the_first_of_several_to_hold_is_named() -> None:
    session = Session(MOONS)
    watch = Watch(session, [AccuracyPasses(mark=1.0), ExampleRight(example=4), LossRises(share=900)])
    session.run(FAR, tap=(watch.tap,))
    told = watch.json()
    assert told and (told["breakpoint"], told["kind"], told["example"]) == (1, "example_right", 4)
    assert told["sentence"] == f"Example 4 is classified right after {session.position.update} updates."


def test_a_neuron_is_named_as_on_the_page() -> None:
    session, watch = watched(RELU, NeuronDies())
    assert watch.hit and watch.hit.target
    assert session.explain(watch.hit.target)["name"] in watch.hit.sentence
    session, watch = watched(WILD, GradientLeaves(high=0.5))
    assert watch.hit and watch.hit.target
    assert session.explain(watch.hit.target)["kind"] == "parameter"


def test_an_infinity_without_a_trace_is_found_by_its_breakpoint() -> None:
    session = Session(make(layers=[linear(2), {"kind": "sigmoid"}, linear(2)]))
    session.run(Position(2, 0))
    session.edit({"0.W": [[-1e308, 0.0]] * 3, "0.b": [-1e308, 0.0]})
    watch = Watch(session, [NotFinite()])
    session.run(FAR, tap=(watch.tap,))
    assert session.position == (3, 0) and not session.diverged
    assert watch.hit and "0.linear" in watch.hit.sentence


def test_a_pass_over_much_data_is_made_less_often() -> None:
    """As often as stated: work beyond the bound is spread over several updates, and a hit is still at the update that was looked at."""
    session = Session(
        make(data={"kind": "blobs", "rows": 1000, "classes": 3}, layers=[linear(40), {"kind": "relu"}, linear(3)], loss={"kind": "mean_squared_error"})
    )
    watch = Watch(session, [NeuronDies(), NeuronDies(examples="batch"), LossRises()])
    assert watch.every == [-(-session.parameter_count * 1000 // 100_000), 1, 1]
    assert watch.every[0] > 1


@pytest.mark.parametrize(
    "breakpoint, spec, field",
    [
        (GradientLeaves(layer=1), MOONS, "layer"),
        (GradientLeaves(layer=9), MOONS, "layer"),
        (ExampleRight(example=200), MOONS, "example"),
        (ExampleRight(), make(), "kind"),
        (AccuracyPasses(), make(), "kind"),
        (AccuracyPasses(part="test"), make(data={"kind": "moons", "test_share": 0}, layers=[linear(1)]), "part"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_here_is_refused(breakpoint: AnyBreakpoint, spec: SessionSpec, field: str) -> None:
    with pytest.raises(SpecError) as refused:
        Watch(Session(spec), [LossRises(), breakpoint])
    assert refused.value.field == f"breakpoints.1.{field}"


def test_an_accuracy_can_fall_below_a_mark() -> None:
    session = Session(MOONS)
    session.run(Position(400, 0))
    mark = accuracy(session, "train") - 0.02
    watch = Watch(session, [AccuracyPasses(mark=mark, way="falls below")])
    session.edit({"4.b": [3.0]})
    session.run(FAR, tap=(watch.tap,))
    assert watch.hit and "fallen below" in watch.hit.sentence
    assert accuracy(session, "train") < mark

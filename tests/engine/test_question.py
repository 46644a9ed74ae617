"""Predict first: what is asked is what the program then computes."""

import numpy as np
import pytest

from engine.bugs import Bug
from engine.component import kinds
from engine.optimizers import Optimizer
from engine.position import Position
from engine.question import Question, question
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, everything, kind, make, step, table, trained, with_bug, with_optimizer

DEEP = with_bug(None)
PINS = [None, "parameter:0.W[1,2]", "parameter:2.W[3,1]", "parameter:2.b[2]", "value:8[3]", "op:3"]
FULL = [*everything(), *(pytest.param(with_bug(bug), id=f"bug-{kind(bug)}") for bug in kinds(Bug))]


def computed(session: Session, found: Question, example: int) -> float:
    """The same number from the session's other answers, once the operation has run."""
    what, _, rest = found.target.partition(":")
    name, _, place = rest.rstrip("]").partition("[")
    index = tuple(map(int, place.split(","))) if place else ()
    if what == "gradient":
        return float(np.asarray(session.gradients(example)[name])[index])
    if what in ("value", "cotangent"):
        answer = session.values(int(name), None if found.example is None else example)[what]
        return float(np.asarray(answer)[index] if found.example is not None else np.ravel(answer)[0])
    place = session.parameters_arena.spans[name][0] + int(np.ravel_multi_index(index, session.parameters_arena.views[name].shape))
    if what == "step":
        return float(session.parameters_arena.flat[place] - session.update_start[place])
    return float(session.update.slots.views[what][place])


@pytest.mark.parametrize("spec", FULL)
@pytest.mark.parametrize("pinned", [None, "parameter:0.W[1,2]"])
def test_what_is_asked_is_what_is_computed_next(spec: SessionSpec, pinned: str | None) -> None:
    """At every operation of an update: the truth is the number that the session then shows; the rungs make it; nothing is moved by asking."""
    session = trained(spec, 2)
    if pinned and "0.W" in session.parameters_arena.views and session.parameters_arena.views["0.W"].shape <= (1, 2):
        pinned = None
    example = int(session.batches.examples(2)[0])
    asked_at = 0
    while session.position < (3, 0):
        before = bits(session)
        found = question(session, pinned, example)
        assert bits(session) == before
        step(session)
        if isinstance(found, str):
            assert found.startswith("The next operation") and found.endswith(".")
            continue
        asked_at += 1
        exact = pytest.approx(computed(session, found, example), rel=1e-6 if spec.dtype == "float32" else 1e-12, abs=1e-15)
        assert found.asked.truth == exact, found.target
        if found.asked.rungs:
            assert sum(rung.value() for rung in found.asked.rungs) == exact, found.target
    assert asked_at >= session.instruction_count / 2


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_the_steps_of_every_optimizer_are_asked_for(optimizer: type[Optimizer]) -> None:
    session = trained(with_optimizer(optimizer), 3)
    session.run(Position(3, session.program.ends["backward"]))
    while session.position < (4, 0):
        found = question(session, "parameter:2.W[3,1]", 1)
        step(session)
        if isinstance(found, Question):
            assert found.target.endswith("2.W[3,1]")
            assert found.asked.truth == pytest.approx(computed(session, found, 1), rel=1e-14)


def test_the_next_rung_of_the_ladder_is_asked_for() -> None:
    """With a weight pinned, each question of the backward pass that its ladder has is the ladder's own next rung, in its order."""
    session, pinned = trained(DEEP, 2), "parameter:0.W[1,2]"
    session.run(Position(2, session.program.ends["loss"]))
    rungs = [rung["total"]["ref"] for rung in session.explain(pinned, 1)["ladder"]]
    found = []
    while session.position < (3, 0):
        now = question(session, pinned, 1)
        found += [now.target] if isinstance(now, Question) else []
        step(session)
    assert [target for target in found if target in rungs] == rungs


@pytest.mark.parametrize("pinned", PINS)
def test_a_question_does_not_give_its_answer_away(pinned: str | None) -> None:
    session = trained(DEEP, 2)
    for _ in range(session.instruction_count):
        shown = session.question(pinned, 1)
        if shown["question"]:
            assert set(shown["question"]) == {"target", "symbol", "text", "example", "instruction", "todo", "formula"}
            assert shown["question"]["symbol"].startswith("<math") and shown["question"]["formula"].startswith("<math")
        step(session)


def test_a_part_of_a_sum_is_asked_for_with_its_last() -> None:
    """Penalties belong to no example; of several operations that add to one number, the last is asked for."""
    session = trained(make(l2=0.1, data=table()), 2)
    session.run(Position(2, session.program.ends["loss"]))
    whys = set()
    while session.position < (3, 0):
        found = question(session, None, 1)
        whys |= {found} if isinstance(found, str) else set()
        step(session)
    assert whys == {"The next operation belongs to the penalties, which no example has a part in."}


@pytest.mark.parametrize(
    ("cell", "pinned", "asked"),
    [
        ("rnn", "0.U[3,1]", {"W": "[0,1]", "b": "[1]", "U": "[3,1]"}),
        ("lstm", "0.W[0,6]", {"W": "[0,6]", "b": "[6]"}),
        ("gru", "0.U[3,6]", {"W": "[0,6]", "b": "[6]", "U": "[3,6]", "c": "[6]"}),
        ("gru", "0.W[0,9]", {"W": "[0,9]", "b": "[9]"}),
    ],
)
def test_a_pinned_weight_of_a_cell_leads_to_its_own_sum(cell: str, pinned: str, asked: dict[str, str]) -> None:
    """Of U what is carried is asked for, and in a GRU the sum that the weight's column goes to, wherever that stands."""
    layers = [{"kind": cell, "units": 4}, {"kind": "linear", "units": 1}]
    session = trained(make(data={"kind": "sequence_parity", "steps": 4}, layers=layers), 1)
    sums = [node for node in session.program.tape.nodes if node.op and node.op.whole]
    found = {}
    while session.position < (2, 0):
        instruction = session.program.instructions[session.position.instruction]
        if instruction.node in {node.id for node in sums}:
            found[instruction.node, instruction.wrt] = question(session, f"parameter:{pinned}", None)
        step(session)
    column = int(pinned.rstrip("]").split(",")[1])
    stands = {("gru", 6): 10, ("gru", 9): 1}.get((cell, column), column)
    for node in sums[:1]:
        assert getattr(found[node.id, None], "target", "") == f"value:{node.id}[{stands}]"
    for name, place in asked.items():
        assert getattr(found[sums[0].id, name], "target", "") == f"gradient:0.{name}{place}"

"""One product for the gradients of a cell's weights over all of their uses, and one copy for all moments: what is spared, and that nobody sees it."""

from typing import Any

import numpy as np
import pytest

import engine.sharing
from engine.arena import Rooms
from engine.checks import gradient_at
from engine.ops import OPS
from engine.position import Position
from engine.session import Session
from engine.trials import trials
from engine.uses import contribution, readers
from tests.engine.networks import bits, make

STEPS = 6
CELLS = ["rnn", "lstm", "gru"]


def session_of(cell: str, **changes: Any) -> Session:
    """A recurrent network, as yet untrained."""
    layer = {"kind": cell, "units": 3, **changes.pop("layer", {})}
    layers = [layer, {"kind": "flatten"}, {"kind": "linear", "units": 1}]
    return Session(make(data={"kind": "sequence_parity", "steps": STEPS}, batch_size=4, layers=layers, **changes))


def joins(session: Session) -> dict[str, list[int]]:
    """For each weight that is joined how many uses are worked out at once, stretch by stretch."""
    nodes = session.program.tape.nodes
    return {
        nodes[number].name: [len(run) for run in each.joins] for each in session.program.instructions if each.joins for number, _ in each.computes
    }  # fmt: skip


def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing is put into rows."""
    monkeypatch.setattr(engine.sharing, "cells_of", lambda program, free: ())


@pytest.mark.parametrize("cell", CELLS)
def test_all_uses_of_a_cells_weights_are_one_product(cell: str) -> None:
    """The first of their last instructions computes them all, and the others have nothing left to do."""
    session = session_of(cell)
    weights = {f"0.{name}" for name in session.network.layers[0].shapes((1, 1))}  # type: ignore[attr-defined]
    found = joins(session)
    assert {name: found[name] for name in weights} == {name: [STEPS] for name in weights}
    last = [each for each in session.program.instructions if each.joins and len(each.computes) > 1]
    assert [len(each.computes) for each in last] == [len(weights)]
    rest = [each for each in session.program.instructions if each.node == last[0].node and each.computes[0] in last[0].computes[1:]]
    assert len(rest) == len(weights) - 1 and not any(each.calls or each.passing for each in rest)


@pytest.mark.parametrize("cell", CELLS)
def test_each_gradient_is_known_with_its_own_last_instruction(cell: str) -> None:
    session = session_of(cell)
    program = session.program
    for name in ("W", "b", "U"):
        node = next(node for node in program.tape.nodes if node.name == f"0.{name}")
        last = max(each.index for each in program.instructions if (node.id, "gradient") == each.computes[0])
        target = f"parameter:0.{name}[{','.join('0' * len(node.shape))}]"
        session.run(Position(session.position.update, last))
        assert not session.explain(target)["known"]
        session.run(Position(session.position.update, last + 1))
        assert session.explain(target)["known"]
        session.run(Position(session.position.update + 1, 0))


@pytest.mark.parametrize("cell", CELLS)
def test_where_memory_is_lent_the_numbers_are_the_same_to_the_last_bit(cell: str) -> None:
    """The ones and the first state are written again before each pass, whatever stood there meanwhile."""
    rooms = Rooms()
    lent, other = (Session(session_of(cell).spec, None, rooms) for _ in range(2))
    alone = session_of(cell)
    for session in (lent, other, alone):
        session.run(Position(4, 0))
        other.predictions()
    assert lent.metrics() == alone.metrics() and lent.predictions() == alone.predictions()


def test_where_a_cell_reads_what_stands_apart_each_weight_has_its_own_product(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state before the first moment is a constant, so its use of U stands alone."""
    apart(monkeypatch)
    found = joins(session_of("lstm"))
    assert found["0.b"] == [STEPS] and all(len(found.get(name, [])) != 1 for name in ("0.W", "0.U"))


@pytest.mark.parametrize("layer", [{}, {"bidirectional": True}, {"returns": "sequence"}, {"truncate": 3}])
@pytest.mark.parametrize("cell", CELLS)
def test_in_rows_and_apart_the_numbers_are_the_same_up_to_rounding(cell: str, layer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rows = session_of(cell, layer=layer)
    assert len(rows.program.lend.rows) == 1 + layer.get("bidirectional", False)
    apart(monkeypatch)
    other = session_of(cell, layer=layer)
    assert other.program.lend.rows == []
    for session in (rows, other):
        session.run(Position(5, 0))
    for name, values in rows.parameters_arena.views.items():
        np.testing.assert_allclose(values, other.parameters_arena.views[name], rtol=1e-12, atol=1e-15)
    for node, values in rows.program.values.views.items():
        np.testing.assert_allclose(values, other.program.values.views[node], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("layer", [{"bidirectional": True}, {"returns": "sequence"}, {"truncate": 3}])
@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_is_the_sum_of_the_uses_own(cell: str, layer: dict[str, Any]) -> None:
    """Each use's own pull, added up one after the other, gives what the one product gives, up to rounding."""
    session = session_of(cell, layer=layer)
    session.run(Position(1, 0))
    program = session.program
    weights = [node for node in program.tape.nodes if node.role == "parameter" and node.name in joins(session)]
    assert weights
    for node in weights:
        alone = sum(contribution(program, reader, name) for reader, name in readers(program, node.id) if program.cotangent(reader.id) is not None)
        np.testing.assert_allclose(session.gradients_arena.views[node.name], alone, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("cell", CELLS)
def test_one_who_steps_sees_the_sum_grow_and_ends_in_the_same_bits(cell: str) -> None:
    stepped, run = session_of(cell), session_of(cell)
    program = stepped.program
    node = next(node for node in program.tape.nodes if node.name == "0.W")
    uses = [each for each in program.instructions if each.computes[0] == (node.id, "gradient")]
    total = np.zeros(node.shape)
    for use in uses:
        stepped.run(Position(0, use.index + 1))
        total += contribution(program, program.tape.nodes[use.node or 0], "W")
        np.testing.assert_allclose(stepped.gradients_arena.views["0.W"], total, rtol=1e-12, atol=1e-15)
    assert len(uses) == STEPS and [bool(use.passing) for use in uses] == [True] * (STEPS - 1) + [False]
    for session in (stepped, run):
        session.run(Position(3, 0))
    assert bits(stepped) == bits(run)


@pytest.mark.parametrize("kind", ["no_activation_derivative", "gradients_not_zeroed", "transposed_weights"])
def test_a_bug_is_carried_out_use_by_use_where_it_has_another_rule(kind: str) -> None:
    """What a bug adds up, or pulls otherwise, is not what the product would give; stepping and running agree with it too."""
    stepped, run = (session_of("rnn", bug={"kind": kind}) for _ in range(2))
    for place in range(1, stepped.instruction_count):
        stepped.run(Position(0, place))
    for session in (stepped, run):
        session.run(Position(2, 0))
    assert bits(stepped) == bits(run)
    assert ("0.W" in joins(run)) == (kind != "gradients_not_zeroed")


@pytest.mark.parametrize("layer", [{}, {"bidirectional": True}])
@pytest.mark.parametrize("cell", CELLS)
def test_all_moments_are_taken_by_one_copy_in_each_direction(cell: str, layer: dict[str, Any]) -> None:
    """One who steps takes them one by one, and ends in the same bits."""
    run, stepped = session_of(cell, layer=layer), session_of(cell, layer=layer)
    takes = [arguments for function, arguments in run.program.calls if function is np.copyto and arguments[0].shape == (STEPS, 4, 1)]
    assert len(takes) == 1 + layer.get("bidirectional", False)
    for update in range(3):
        for place in range(1, stepped.instruction_count):
            stepped.run(Position(update, place))
    for session in (run, stepped):
        session.run(Position(3, 0))
    assert bits(run) == bits(stepped)


def test_a_value_of_one_moment_can_still_be_moved_and_measured() -> None:
    """The slope along what one moment reads is the gradient that arrives there."""
    session = session_of("rnn", layer={"returns": "last"})
    session.run(Position(1, 0))
    moments = [node for node in session.program.tape.nodes if node.op is OPS["moment"]]
    example = session.batch_examples()[0]
    for node in moments[1:]:
        axis = trials(session, example, 0).value(node.id, (0,))
        arriving = gradient_at(session, axis, example)
        assert arriving and axis.whole(1e-5) == pytest.approx(arriving, rel=1e-4)

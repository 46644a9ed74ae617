"""One product for a weight's gradient over all of its uses, and one for all moments of a sequence: what is spared, and that nobody sees a difference."""

from typing import Any

import numpy as np
import pytest

import engine.moments
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
    return {nodes[each.computes[0][0]].name: [len(run) for run in each.joins] for each in session.program.instructions if each.joins}


@pytest.mark.parametrize("cell", CELLS)
def test_all_uses_of_a_weight_are_one_product(cell: str) -> None:
    """The state before the first moment is a constant, so its use of U stands alone."""
    found = joins(session_of(cell))
    assert {name: found[name] for name in ("0.W", "0.b", "0.U")} == {"0.W": [STEPS], "0.b": [STEPS], "0.U": [1, STEPS - 1]}


@pytest.mark.parametrize("layer", [{"bidirectional": True}, {"returns": "sequence"}, {"truncate": 3}])
def test_the_gradient_is_the_sum_of_the_uses_own(layer: dict[str, Any]) -> None:
    """Each use's own pull, added up one after the other, gives what the one product gives, up to rounding."""
    session = session_of("lstm", layer=layer)
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
    uses = [each for each in program.instructions if each.computes == ((node.id, "gradient"),)]
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
def test_all_moments_are_read_by_one_product_where_it_gives_the_same_bits(layer: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it there are more calls, and the same numbers to the last bit."""
    monkeypatch.setattr(engine.moments, "same_bits", lambda shape, dtype: True)
    quick = session_of("rnn", layer=layer)
    monkeypatch.setattr(engine.moments, "same_bits", lambda shape, dtype: False)
    plain = session_of("rnn", layer=layer)
    assert len(plain.program.calls) - len(quick.program.calls) >= 2 * (STEPS - 1)
    for session in (quick, plain):
        session.run(Position(3, 0))
    np.testing.assert_allclose(quick.parameters_arena.flat, plain.parameters_arena.flat, rtol=1e-12, atol=1e-15)
    monkeypatch.undo()
    trusted, stepped = session_of("rnn", layer=layer), session_of("rnn", layer=layer)
    for update in range(3):
        for place in range(1, stepped.instruction_count):
            stepped.run(Position(update, place))
    for session in (trusted, stepped):
        session.run(Position(3, 0))
    assert bits(trusted) == bits(stepped)


def test_the_trial_tells_shapes_apart() -> None:
    """A product of one row goes another way through BLAS than one of many, and where the two round otherwise the trial says so: it compares their bytes."""
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((7, 1, 33)), rng.standard_normal((33, 5))
    alike = x.reshape(-1, 33).dot(weight).tobytes() == b"".join(each.dot(weight).tobytes() for each in x)
    assert engine.moments.same_bits((7, 1, 33, 5), "<f8") == alike


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

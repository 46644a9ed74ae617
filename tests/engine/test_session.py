"""A session moves in one way only: however it gets to a position, it has the same numbers there."""

from typing import Any

import numpy as np
import pytest

from engine.errors import OutOfReach
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, make, step, trained, ways_to_train

WAYS = list(ways_to_train())


@pytest.mark.parametrize("spec", WAYS)
def test_stepping_op_by_op_is_running(spec: SessionSpec) -> None:
    """Single instructions, slices of no time and one long run leave the same bits in every buffer."""
    stepped, sliced = Session(spec), Session(spec)
    for update in range(1, 8):
        while stepped.position < (update, 0):
            stepped.run(stepped.target("op", 1))
        ran = trained(spec, update)
        while not sliced.run(Position(update, 0), budget=0.0):
            pass
        assert bits(stepped) == bits(ran) == bits(sliced)
        assert stepped.position == sliced.position == ran.position == (update, 0)


@pytest.mark.parametrize("spec", WAYS)
def test_seeking_finds_the_same_bits(spec: SessionSpec) -> None:
    """Any earlier operation is gone back to with all that stood in the buffers then, stale values too."""
    session = Session(spec)
    session.snapshots.most = 3
    seen = {session.position: bits(session)}
    while session.position < (8, 0):
        session.run(session.target("op", 1))
        seen[session.position] = bits(session)
    rng = np.random.default_rng(1)
    places = sorted(seen)
    for place in rng.choice(len(places), 25):
        session.seek(places[place])
        assert session.position == places[place]
        assert bits(session) == seen[places[place]], places[place]


@pytest.mark.parametrize("spec", WAYS)
def test_the_same_spec_and_seed_give_the_same_numbers(spec: SessionSpec) -> None:
    same = SessionSpec.model_validate_json(spec.model_dump_json())
    assert bits(trained(spec, 5)) == bits(trained(same, 5))
    other = spec.model_copy(update={"seed": spec.seed + 1})
    assert bits(trained(spec, 5)) != bits(trained(other, 5))


def test_units_end_where_they_should() -> None:
    """The boundaries of a 3-4-2 network of three batches: 3 forward ops, 3 of the loss, 9 backward, 1 update."""
    session = Session(make())
    phases = [instruction.phase for instruction in session.program.instructions]
    assert [phases.count(phase) for phase in ("forward", "loss", "backward", "update")] == [3, 3, 9, 1]
    assert session.program.ends == {"forward": 3, "loss": 6, "backward": 15, "update": 16}
    table: list[tuple[tuple[int, int], Any, int, tuple[int, int]]] = [
        ((0, 0), "op", 1, (0, 1)), ((0, 15), "op", 1, (1, 0)), ((1, 0), "op", -1, (0, 15)), ((0, 3), "op", 15, (1, 2)),
        ((0, 0), "layer", 1, (0, 1)), ((0, 0), "layer", 3, (0, 3)), ((0, 3), "layer", 1, (0, 6)), ((0, 6), "layer", 1, (0, 9)),
        ((0, 9), "layer", 1, (0, 12)), ((0, 12), "layer", 1, (0, 13)), ((0, 10), "layer", -1, (0, 9)), ((0, 15), "layer", 1, (1, 0)),
        ((1, 0), "layer", -1, (0, 15)), ((0, 0), "pass", 1, (0, 3)), ((0, 0), "pass", 2, (0, 6)), ((0, 0), "pass", 3, (0, 15)),
        ((0, 0), "pass", 4, (1, 0)), ((0, 4), "pass", 1, (0, 6)), ((0, 4), "pass", -1, (0, 3)), ((0, 3), "pass", -1, (0, 0)),
        ((2, 0), "pass", -1, (1, 15)), ((0, 0), "batch", 1, (1, 0)), ((0, 7), "batch", 1, (1, 0)), ((0, 7), "batch", -1, (0, 0)),
        ((2, 0), "batch", -1, (1, 0)), ((1, 7), "batch", -2, (0, 0)), ((0, 7), "batch", 3, (3, 0)),
        ((0, 0), "epoch", 1, (3, 0)), ((2, 5), "epoch", 1, (3, 0)), ((3, 0), "epoch", 1, (6, 0)), ((4, 0), "epoch", -1, (3, 0)),
        ((3, 5), "epoch", -1, (3, 0)), ((3, 0), "epoch", -1, (0, 0)), ((5, 0), "epoch", -2, (0, 0)),
    ]  # fmt: skip
    for at, unit, count, there in table:
        session.seek(Position(*at))
        assert session.target(unit, count) == there, (at, unit, count)
        assert session.position == at


@pytest.mark.parametrize("unit", ["op", "layer", "pass", "batch", "epoch"])
def test_a_step_goes_somewhere_and_back(unit: Any) -> None:
    """Forth and back by a unit ends on the boundary it began from; a count of 0 and the time before the start are refused."""
    session = Session(make())
    with pytest.raises(OutOfReach, match="step of 0"):
        session.target(unit, 0)
    with pytest.raises(OutOfReach, match="beginning"):
        session.target(unit, -1)
    for _ in range(5):
        at, before = session.position, bits(session)
        step(session, unit)
        assert session.position > at
        step(session, unit, -1)
        assert (session.position, bits(session)) == (at, before)
        step(session, unit)


def test_forward_and_backward_are_idempotent() -> None:
    session = Session(make())
    for update in range(2):
        session.run(session.target_forward())
        assert session.position == (update, session.program.ends["loss"])
        before = bits(session)
        session.run(session.target_forward())
        assert bits(session) == before
        session.run(session.target_backward())
        after = bits(session)
        for target in (session.target_forward(), session.target_backward()):
            session.run(target)
            assert session.position == (update, session.program.ends["backward"])
            assert bits(session) == after
        session.run(session.target("batch", 1))


@pytest.mark.parametrize("position", [Position(0, 99), Position(-1, 0), Position(2, -1)])
def test_a_place_that_does_not_exist_is_refused(position: Position) -> None:
    session = trained(make(), 2)
    before = bits(session)
    with pytest.raises(OutOfReach):
        session.seek(position)
    assert (session.position, bits(session)) == ((2, 0), before)


def test_the_tap_is_called_once_an_update() -> None:
    seen: list[Position] = []
    session = Session(make())
    session.run(Position(5, 3), tap=[lambda: seen.append(session.position)])
    session.run(Position(7, 0), tap=[lambda: seen.append(session.position)])
    assert seen == [Position(update, 0) for update in range(1, 8)]


def test_a_partial_last_batch_is_trained() -> None:
    """In one epoch every example is used once, in a new order each epoch, and the last batch moves the parameters too."""
    session = Session(make())
    orders = []
    for _ in range(2):
        used: list[int] = []
        for size in (3, 3, 1):
            before = session.parameters_arena.flat.copy()
            step(session, "batch")
            assert len(session.batch_examples()) == size
            assert not np.array_equal(before, session.parameters_arena.flat)
            used += session.batch_examples()
        assert sorted(used) == list(range(7))
        orders.append(used)
    assert orders[0] != orders[1]

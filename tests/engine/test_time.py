"""Going back: to any operation ever executed, bit for bit, within bounds that are stated."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.errors import OutOfReach
from engine.position import Position
from engine.session import Session
from engine.snapshots import LEAST, MOST, Snapshot, Snapshots
from engine.spec import SessionSpec
from engine.twin import twin
from tests.engine.networks import START, bits, linear, make, step

UPDATES = 10_000
PLACES = 1_000
CHANGES: dict[Position, list[dict[str, Any]]] = {
    Position(7, 5): [{"0.W[0,1]": 0.5}, {"2.W[3,3]": -1.0, "0.W[0,1]": 0.25}],
    Position(1000, 0): [{"learning_rate": 0.03}],
    Position(2500, 11): [{"2.b": [0.1, 0.2, 0.3, 0.4]}],
    Position(4096, 0): [{"optimizer": {"kind": "adam", "learning_rate": 0.02}}, {"l2": 0.001}],
    Position(7777, 0): [{"clip": {"kind": "norm", "limit": 0.5}}, {"4.b": [0.5]}],
    Position(9000, 3): [{"learning_rate": 0.005}],
}


def change(session: Session, changes: dict[str, Any]) -> None:
    """An edit or a setting, by the look of its name."""
    (session.edit if "." in next(iter(changes)) else session.configure)(changes)


def first_pass(session: Session, places: list[Position], changes: dict[Position, list[dict[str, Any]]]) -> dict[Position, str]:
    """Run through the places in order with the changes where they belong; the fingerprint of each."""
    seen: dict[Position, str] = {}
    for place in sorted({*places, *changes}):
        session.run(place, tap=())
        for each in changes.get(place, ()):
            change(session, each)
        seen[session.position] = bits(session)
    return seen


@pytest.mark.parametrize("changes", [{}, CHANGES], ids=["plain", "changed"])
def test_any_place_of_ten_thousand_updates_is_found_again(changes: dict[Position, list[dict[str, Any]]]) -> None:
    """Parameters, gradients, slots, values and cotangents at 1,000 random places of the default network, in random order, are those of the first pass."""
    rng = np.random.default_rng(4)
    session = Session(SessionSpec())
    ops = session.instruction_count
    places = [Position(int(update), int(op)) for update, op in zip(rng.integers(0, UPDATES, PLACES), rng.integers(0, ops, PLACES), strict=True)]
    seen = first_pass(session, [*places, Position(UPDATES, 0)], changes)
    order = list(seen)
    rng.shuffle(order)
    for place in map(Position._make, order):
        session.seek(place)
        assert session.position == place
        assert bits(session) == seen[place], place
    assert session.snapshots.earliest == START
    assert len(session.branches) == 1


def test_a_replay_is_never_longer_than_the_stride() -> None:
    """Of a run of any length, the nearest snapshot before a place is at most two hundredths of it away."""
    session = Session(make())
    session.run(Position(9_000, 0), tap=())
    for update in range(0, 9_000, 37):
        found = session.snapshots.before(Position(update, 0))
        assert found
        assert update - found.position.update < session.snapshots.stride <= 9_000 / MOST * 2


def test_seeking_forward_in_the_known_past_skips_what_lies_between() -> None:
    session = Session(make())
    session.run(Position(2_000, 0), tap=())
    end = bits(session)
    session.seek(Position(1, 2))
    session.approach(Position(2_000, 0))
    assert session.position == (2_000, 0)
    assert bits(session) == end


def fill(snapshots: Snapshots, updates: int, size: int, *, between: Callable[[int], bool]) -> None:
    for update in range(updates):
        for instruction in (0, 3) if between(update) else (0,):
            if update % snapshots.stride == 0 or instruction:
                snapshots.add(Snapshot(Position(update, instruction), (np.zeros(size // 8),), ()))


@pytest.mark.parametrize("room", [1, 5_000, 100_000, 10_000_000])
@pytest.mark.parametrize("every", [1, 7, 10_000])
def test_snapshots_keep_within_their_bounds(room: int, every: int) -> None:
    """In bytes and in number, whatever the mixture; the first and the last stay, and so does an even spread."""
    snapshots = Snapshots(room)
    fill(snapshots, 3_000, 800, between=lambda update: update % every == 1)
    kept = list(snapshots)
    assert len(kept) <= MOST
    assert len(kept) == LEAST or snapshots.nbytes <= room
    assert snapshots.nbytes == sum(each.nbytes for each in kept)
    assert kept == sorted(kept, key=lambda each: each.position)
    assert kept[0].position == START
    assert kept[-1].position.update >= 3_000 - snapshots.stride
    if len(kept) > LEAST:
        assert set(range(0, kept[-1].position.update + 1, snapshots.stride)) <= {each.position.update for each in kept if each.position.instruction == 0}


def test_a_session_keeps_within_its_memory() -> None:
    """However far it runs and however often it is changed by hand, snapshots and edits stay within the limit, and update 0 within reach."""
    limit = 2_000_000
    session = Session(make(data={"kind": "moons"}, layers=[linear(40), {"kind": "tanh"}, linear(40), {"kind": "tanh"}, linear(1)]), {"snapshots": limit})
    for update in range(1, 300):
        session.run(Position(update, 0), tap=())
        session.edit({"2.W": np.full((40, 40), float(update) / 1e4).tolist()})
    assert session.snapshots.nbytes <= limit * 3 / 4
    assert sum(command.nbytes for command in session.timeline.log.commands) <= limit / 4
    there = bits(session)
    session.seek(session.snapshots.earliest)
    session.seek(Position(299, 0))
    assert bits(session) == there


def test_many_changes_leave_the_beginning_within_reach_up_to_their_limit() -> None:
    """A thousand changes at places of their own can all be gone back over; one more gives up the past before the first."""
    session = Session(make(), {"commands": 20})
    for update in range(1, 21):
        session.run(Position(update, 0), tap=())
        session.edit({"0.W[0,0]": float(update)})
    assert session.snapshots.earliest == START
    session.run(Position(21, 0), tap=())
    session.configure({"learning_rate": 0.01})
    assert session.snapshots.earliest >= (1, 0)
    with pytest.raises(OutOfReach, match=r"one can go back to update \d"):
        session.seek(START)
    session.seek(session.snapshots.earliest)
    assert session.position == session.snapshots.earliest


def test_values_set_in_one_place_are_one_change() -> None:
    """Dragging a weight leaves its last value, and nothing else to replay."""
    session = Session(make())
    session.run(Position(2, 4))
    for value in (1.0, 2.0, 3.0):
        session.edit({"0.W[0,0]": value, "2.b": [value, value]})
    session.edit({"0.W": np.zeros((3, 4)).tolist()})
    session.edit({"0.W[0,0]": 4.0})
    assert len(session.timeline.log.commands) == 1
    session.run(Position(5, 0))
    there = bits(session)
    session.seek(Position(2, 3))
    session.seek(Position(2, 4))
    assert session.parameters()["0.W"] == [[4.0, 0, 0, 0], [0.0] * 4, [0.0] * 4]
    session.seek(Position(5, 0))
    assert bits(session) == there


def test_units_count_the_instructions_that_an_update_had() -> None:
    """An update of SGD has one instruction in its last phase and one of Adam five: both ways, a step ends where it would have then."""
    session = Session(make())
    sgd = session.instruction_count
    session.run(Position(2, 0))
    session.configure({"optimizer": {"kind": "adam"}})
    adam = session.instruction_count
    assert adam == sgd + 4
    session.run(Position(4, 0))
    for there, count in ((Position(3, adam - 1), -1), (Position(1, sgd - 1), -2 * adam - 1), (Position(2, 0), -2 * adam)):
        assert session.target("op", count) == there
    step(session, "op", -2 * adam - 1)
    assert (session.position, session.instruction_count) == ((1, sgd - 1), sgd)
    assert session.target("op", adam) == Position(2, adam - 1)
    session.seek(Position(3, adam - 1))
    with pytest.raises(OutOfReach, match=f"ops 0 to {sgd - 1}"):
        session.seek(Position(1, sgd))


def test_a_twin_shares_no_memory_that_changes() -> None:
    """What a twin does leaves no trace in the session: no buffer of its state is the session's."""
    session = Session(make())
    session.run(Position(2, 3))
    other = twin(session)
    assert not any(np.shares_memory(mine, theirs) for mine, theirs in zip(other._state(), session._state(), strict=True) if mine.size)

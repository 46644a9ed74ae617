"""Branches: a change in the past keeps what had followed; there and back again finds every bit."""

from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError, OutOfReach, UnknownName
from engine.position import Position
from engine.session import Session
from engine.settings import Settings, differences
from engine.spec import SessionSpec
from tests.engine.networks import START, bits, linear, make, trained

ADAM = {"optimizer": {"kind": "adam", "learning_rate": 0.02}}


def go(session: Session, number: int) -> None:
    """Over to a branch, to where it was left."""
    session.seek(session.switch(number))


def test_a_change_in_the_past_keeps_what_had_followed() -> None:
    """Two branches are walked through in turn, to random places; each has its own numbers everywhere, to the last bit."""
    session = Session(make())
    session.snapshots.most = 8
    seen: dict[tuple[int, Position], str] = {}

    def record(until: Position) -> None:
        while session.position < until:
            session.run(session.target("op", 1))
            seen[session.timeline.number, session.position] = bits(session)

    record(Position(9, 0))
    session.seek(Position(4, 3))
    session.edit({"0.W[0,0]": 1.5})
    seen[2, session.position] = bits(session)
    record(Position(12, 0))
    session.seek(Position(6, 0))
    session.configure(ADAM)
    seen[3, session.position] = bits(session)
    record(Position(8, 5))
    assert [(each.number, each.parent, each.forked, each.end) for each in session.branches] == [
        (1, None, START, (9, 0)), (2, 1, (4, 3), (12, 0)), (3, 2, (6, 0), (8, 5)),
    ]  # fmt: skip
    first, second, third = session.branches
    assert (first.parted(second), first.parted(third), second.parted(third), third.parted(third)) == ((4, 3), (4, 3), (6, 0), None)
    rng = np.random.default_rng(3)
    places = sorted(seen)
    for index in rng.choice(len(places), 80):
        number, position = places[index]
        go(session, number)
        session.seek(position)
        assert (session.timeline.number, session.position) == (number, position)
        assert bits(session) == seen[number, position], places[index]


def test_a_branch_shares_its_past() -> None:
    """Before the fork, both have the same snapshots, curves and numbers."""
    session = trained(SessionSpec(), 300)
    session.seek(Position(200, 0))
    there = bits(session)
    session.configure(ADAM)
    assert session.snapshots.before(Position(150, 0)) is session.branches.get(1).snapshots.before(Position(150, 0))
    old, new = session.metrics(1), session.metrics()
    shared = len(new["updates"])
    assert new["updates"][-1] == 200
    assert {name: old[name][:shared] for name in ("updates", "train_loss")} == {name: new[name] for name in ("updates", "train_loss")}
    session.seek(Position(199, 0))
    go(session, 1)
    assert session.position == (300, 0)
    session.seek(Position(200, 0))
    assert bits(session) == there


def test_a_branch_is_left_where_one_comes_back_to() -> None:
    session = trained(make(), 6)
    session.seek(Position(3, 0))
    session.branch("other")
    session.run(Position(5, 2))
    session.seek(Position(4, 1))
    here = bits(session)
    go(session, 1)
    assert session.position == (6, 0)
    go(session, 2)
    assert (session.position, bits(session)) == ((4, 1), here)
    go(session, 2)
    assert (session.position, bits(session)) == ((4, 1), here)


def test_a_change_at_the_end_makes_no_branch() -> None:
    session = trained(make(), 4)
    session.configure(ADAM)
    session.run(Position(5, 3))
    session.edit({"2.b[0]": 1.0})
    assert len(session.branches) == 1
    assert session.branches.heard() is None


def test_what_is_kept_is_said_once() -> None:
    session = trained(make(), 4)
    session.seek(Position(2, 0))
    session.configure({"learning_rate": 0.01})
    said = session.branches.heard()
    assert said and "kept as branch 1, up to update 4" in said
    assert session.branches.heard() is None


@pytest.mark.parametrize(
    "changes", [{"settings": {"learning_rate": -1}}, {"parameters": {"9.W": 1}}, {"settings": ADAM, "parameters": {"0.W[0,0]": "x"}}], ids=str
)
def test_a_refused_branch_is_none(changes: dict[str, Any]) -> None:
    session = trained(make(), 3)
    session.seek(Position(1, 0))
    before = bits(session)
    with pytest.raises(EngineError):
        session.branch("no", **changes)
    assert (len(session.branches), bits(session), session.position) == (1, before, (1, 0))


def test_a_branch_begins_with_its_changes() -> None:
    """Made at a place with other settings and values, it is a run that has them from there on."""
    session, other = trained(make(), 5), trained(make(), 2)
    session.seek(Position(2, 0))
    session.branch("other", settings=ADAM, parameters={"0.W[1,1]": 0.5})
    other.edit({"0.W[1,1]": 0.5})
    other.configure(ADAM)
    for each in (session, other):
        each.run(Position(6, 0))
    assert bits(session) == bits(other)
    found = session.branches.json(curves=True)
    assert [each["name"] for each in found] == ["branch 1", "other"]
    assert [each["current"] for each in found] == [False, True]
    assert found[0]["differences"] == ["SGD instead of Adam", "rate 0.05 instead of 0.02"]
    assert [each["says"] for each in found[1]["changes"]] == ["0.W[1,1] set to 0.5", "Adam instead of SGD; rate 0.02 instead of 0.05"]
    assert found[1]["curves"]["updates"][-1] == 6
    assert found[1]["settings"]["optimizer"]["kind"] == "adam"


def test_branches_are_bounded_in_number() -> None:
    """The unnamed one with the least of its own makes room; where every other one has a name, a new one is refused and nothing changes."""
    session = Session(make(), {"branches": 4})
    session.run(Position(20, 0))
    for length, start in ((6, 10), (2, 11), (7, 12)):
        go(session, 1)
        session.seek(Position(start, 0))
        session.edit({"0.W[0,0]": float(start)})
        session.run(Position(start + length, 0))
    session.branches.heard()
    go(session, 1)
    session.seek(Position(5, 0))
    session.edit({"0.W[0,0]": 0.0})
    assert [each.number for each in session.branches] == [1, 2, 4, 5]
    said = session.branches.heard()
    assert said and "branch 3 was given up" in said
    for each in list(session.branches):
        session.branches.rename(each.number, f"mine {each.number}")
    session.run(Position(7, 0))
    session.seek(Position(6, 0))
    before = bits(session)
    with pytest.raises(OutOfReach, match="delete one first"):
        session.edit({"0.W[0,0]": 1.0})
    assert (len(session.branches), bits(session)) == (4, before)
    session.branches.delete(2)
    session.edit({"0.W[0,0]": 1.0})
    assert [each.number for each in session.branches] == [1, 4, 5, 6]


def test_branches_are_bounded_in_memory() -> None:
    """All snapshots of all branches together keep within the session's bytes; a network whose state is large keeps two branches."""
    limit = 1_000_000
    layers = [linear(24), {"kind": "tanh"}, linear(24), {"kind": "tanh"}, linear(1)]
    session = Session(make(data={"kind": "moons"}, layers=layers), {"snapshots": limit, "branches": 6})
    session.run(Position(400, 0), tap=())
    for number in range(1, 9):
        session.seek(Position(40 * number, 3))
        session.edit({"0.W[0,0]": float(number)})
        session.run(Position(400, 0), tap=())
        held = {id(each): each.nbytes for branch in session.branches for each in branch.snapshots}
        assert sum(held.values()) <= limit * 3 / 4
    assert len(session.branches) == 6
    large = Session(make(data={"kind": "moons"}, layers=layers), {"snapshots": 100_000, "branches": 6})
    for update in (4, 3, 2, 1):
        large.run(Position(5, 0), tap=())
        large.seek(Position(update, 0))
        large.edit({"0.W[0,0]": float(update)})
    assert len(large.branches) == 2


def test_the_current_branch_is_not_deleted_and_an_unknown_one_is_named() -> None:
    session = trained(make(), 2)
    with pytest.raises(OutOfReach, match="switch to another"):
        session.branches.delete(1)
    for act in (session.switch, session.branches.delete, session.elsewhere, session.metrics):
        with pytest.raises(UnknownName, match="no branch called 7"):
            act(7)


def test_another_branch_is_read_without_leaving_this_one() -> None:
    """At its end and at any update of it, with what one would see on going there; and the present one does not notice."""
    session = trained(SessionSpec(), 60)
    session.seek(Position(30, 4))
    session.configure(ADAM)
    session.run(Position(50, 7))
    before, revision = bits(session), session.revision
    seen = {}
    for number, update in ((1, None), (1, 40), (2, None), (2, 45), (None, 10), (1, 20), (2, 20)):
        twin, goal = session.elsewhere(number, update)
        twin.run(goal, tap=())
        seen[number, update] = twin.surface(6), twin.predictions()
        assert (session.position, session.revision, bits(session)) == ((50, 7), revision, before)
    assert seen[1, 20] == seen[2, 20]
    assert seen[1, 40] != seen[2, 45]
    for (number, update), found in seen.items():
        go(session, number or 2)
        session.seek(session.timeline.end if update is None else Position(update, 0))
        assert (session.surface(6), session.predictions()) == found, (number, update)
    with pytest.raises(OutOfReach, match="asked for"):
        session.elsewhere(1, 61)


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"learning_rate": 0.3}, ["rate 0.3 instead of 0.05"]),
        ({"learning_rate": {"kind": "cosine"}}, ["rate cosine instead of 0.05"]),
        ({"optimizer": {"kind": "momentum", "learning_rate": 0.05}}, ["momentum instead of SGD"]),
        ({"clip": {"kind": "value"}}, ["clip by value instead of no clip"]),
        ({"l2": 0.5, "l1": 0.001}, ["L1 0.001 instead of 0", "L2 0.5 instead of 0"]),
        ({}, []),
    ],
    ids=str,
)
def test_differences_are_in_words(changes: dict[str, Any], words: list[str]) -> None:
    before, session = Settings.of(make()), Session(make())
    session.configure(changes)
    assert differences(before, session.settings) == words

"""A record of all examples that takes long is made in pieces: the same record however it was interrupted, and before anything else is done."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from engine import FIELDS, reading, snapshots
from engine.effort import rows_within
from engine.history import scores
from engine.orders import replay, stamped
from engine.position import Position
from engine.saved import from_bytes
from engine.session import Session
from tests.engine.networks import bits, make, to_bytes

UPDATE = Position(1, 0)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are a piece, so that the record of a small network has many."""
    monkeypatch.setattr(reading, "MILLISECONDS", 0.00005)


def recording() -> Session:
    """A session one update on, of whose record the first piece is made."""
    session = Session(make())
    assert session.history.long
    while session.position < UPDATE:
        assert not session.run(UPDATE, 0.0)
    assert session.owes and not session.settle(0.0)
    return session


def curves(session: Session) -> Any:
    """Every number of the curves of every branch."""
    return session.branches.json(curves=True), [each.history.json() for each in session.branches]


def whole(session: Session | None = None) -> Session:
    """A session that has been at the same place with nothing in between."""
    made = session or Session(make())
    assert made.run(UPDATE) and not made.owes
    return made


def test_a_long_record_gives_the_thread_back_and_the_session_stays_where_it_is() -> None:
    session, pieces = recording(), 1
    before = bits(session)
    while not session.run(UPDATE, 0.0):
        pieces += 1
        assert session.position == UPDATE and bits(session) == before and len(session.history.points) == 1
    rows = session.evaluator.most
    assert pieces >= session.data.train // rows > 2 and [point["update"] for point in session.history.points] == [0, 1]


def test_a_record_is_the_same_however_it_is_interrupted() -> None:
    session = recording()
    while not session.settle(0.0):
        session.predictions()
        session.branches.rename(1, "a reading and a name in between")
    session.branches.rename(1, "branch 1")
    assert session.history.points == whole().history.points
    assert {name: session.history.points[1][name] for name in scores(session)} == scores(session)


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.edit({"0.b": [0.5] * len(session.parameters()["0.b"])}),
        lambda session: session.configure({"learning_rate": 0.5}),
        lambda session: session.branch("another"),
        lambda session: session.seek(Position(0, 1)),
        lambda session: session.seek(Position(5, 2)),
        lambda session: session.run(Position(4, 0)),
        to_bytes,
    ],
    ids=["edit", "configure", "branch", "back", "on", "run", "save"],
)
def test_what_is_begun_is_ended_before_anything_changes(change: Callable[[Session], object]) -> None:
    session, other = recording(), whole()
    for each in (session, other):
        change(each)
    assert not session.owes and curves(session) == curves(other) and bits(session) == bits(other)


def test_a_saved_session_has_the_record_that_was_begun() -> None:
    session = recording()
    back, exact = from_bytes(to_bytes(session), make())
    assert exact and curves(back)[1] == curves(whole())[1]


def test_orders_given_again_make_the_same_records() -> None:
    session = recording()
    orders = [{"do": "go", "to": UPDATE, "at": Position(0, 0), "diverged": False}]
    orders.append(stamped(session, {"do": "edit", "parameters": {"0.W[0,0]": 1.0}}))
    session.edit({"0.W[0,0]": 1.0})
    orders.append(stamped(session, {"do": "go", "to": Position(4, 1)}))
    while session.owes or session.position < Position(4, 1):
        session.seek(Position(4, 1), 0.0)
    again = Session(make())
    assert all(each is None for each in replay(again, orders, 0.0))
    assert curves(again) == curves(session) and bits(again) == bits(session)


def test_a_breakpoint_stops_a_run_whose_record_is_still_to_be_made() -> None:
    session = Session(make())
    assert not session.run(Position(9, 0), 0.0, (session.history.tap, lambda: session.position.update == 1))
    assert session.position == UPDATE and session.owes and session.caught
    assert session.settle(perf_counter())
    assert session.history.points == whole().history.points


def test_a_piece_has_as_many_rows_as_the_spec_says_and_a_short_record_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(make())
    rows = [rows_within(session, milliseconds) for milliseconds in (0.00005, 0.0001, 0.0002)]
    assert rows[1] == 2 * rows[0] and rows[2] == 4 * rows[0] and session.evaluator.most == rows[0]
    monkeypatch.setattr(reading, "MILLISECONDS", 4.0)
    short = Session(make())
    assert not short.history.long and short.run(UPDATE, 1e-9) and not short.owes


def test_a_large_state_is_copied_in_pieces_and_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes a number in the middle of it changes it after the copy."""
    other = whole()
    monkeypatch.setattr(snapshots, "PIECE", 5)
    session, pieces = Session(make()), 0
    while not session.run(UPDATE, 0.0):
        pieces += session.owes
    assert pieces > 20
    session = Session(make())
    while session.position < UPDATE:
        session.run(UPDATE, 0.0)
    assert session.snapshots.at(UPDATE) is None
    for each in (session, other):
        each.edit({"0.W[0,0]": 2.0})
        each.run(Position(6, 0))
        each.seek(Position(3, 1))
    assert bits(session) == bits(other) and curves(session) == curves(other)
    assert [each.position for each in session.snapshots] == [each.position for each in other.snapshots]


@pytest.mark.parametrize("between", ["nothing", "another example", "a step"])
def test_an_example_is_followed_in_pieces_with_the_same_numbers(between: str) -> None:
    """The session stands still meanwhile; what another reading has written over is computed again."""
    session, other = whole(), whole()
    assert not session.follow(0, 0.0) and session.owes
    while not session.settle(0.0):
        assert session.position == UPDATE
        if between == "another example":
            assert session.gradients(1) == other.gradients(1)
    if between == "a step":
        for each in (session, other):
            each.run(Position(2, 0))
    assert session.follow(0, 0.0) is (between == "nothing")
    assert session.frame([*FIELDS], 0, 1, running=False) == other.frame([*FIELDS], 0, 1, running=False)
    assert session.follow(0, 5.0) and session.follow(0, 0.0)


def test_a_large_session_s_memory_is_written_once_and_nothing_in_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "PIECE", 2)
    arrays = [np.array([-0.0, np.nan, np.inf, 5e-324, -1.0]), np.zeros((2, 3), np.float32), np.array([1, -2, 3]), np.ones(2)]
    before = [array.tobytes() for array in arrays]
    assert len(list(snapshots.touched(arrays))) == 3 + 3 + 2 and [array.tobytes() for array in arrays] == before
    assert Session(make()).owes

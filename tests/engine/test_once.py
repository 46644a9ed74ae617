"""What sessions share: arrays that never change, and the memory of what is read at once."""

import gc
import tracemalloc

import numpy as np
import pytest

from engine import Session, SessionSpec
from engine.arena import LENT, Rooms
from engine.once import once
from engine.pieces import ended

MOST = 150_000
"""Bytes of a small session, its history beside it."""


def test_equal_arrays_are_one_as_long_as_anybody_has_it() -> None:
    first, other = once(np.arange(6.0)), once(np.arange(7.0))
    assert once(np.arange(6.0)) is first and other is not first
    assert once(np.arange(6)) is not first and once(np.arange(6.0).reshape(2, 3)) is not first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    assert Session(SessionSpec()).data.inputs is Session(SessionSpec(seed=7)).data.inputs
    assert Session(SessionSpec()).data.inputs is not Session(SessionSpec(seed=8)).data.inputs


def test_two_uses_of_a_room_are_two() -> None:
    """And what is large is lent to nobody else."""
    kind = np.dtype("f8")
    rooms = Rooms()
    a, b = rooms.lend("values", 10, kind), rooms.lend("batch", 10, kind)
    assert np.shares_memory(a, rooms.lend("values", 8, kind)) and not np.shares_memory(a, b)
    assert not np.shares_memory(rooms.lend("values", LENT + 1, kind), rooms.lend("values", LENT + 1, kind))


def test_sessions_that_share_memory_do_not_disturb_each_other() -> None:
    """Two that train by turns, each asked for its predictions between, see what each sees alone."""

    def trained(sessions: list[Session]) -> list[object]:
        seen: list[object] = []
        for _ in range(3):
            for session in sessions:
                session.run(session.target("batch", 7))
                inputs, targets = session.data.part("test")
                _, losses = ended(session.evaluator.outcome(inputs, targets))
                seen.append([session.evaluator.prediction(inputs).tolist(), losses.tolist(), session.state()["loss"]])
        return seen

    specs = [SessionSpec(), SessionSpec(seed=3, layers=[{"kind": "linear", "units": 9}, {"kind": "relu"}, {"kind": "linear", "units": 1}])]
    alone = [trained([Session(spec)]) for spec in specs]
    rooms = Rooms()
    assert trained([Session(spec, rooms=rooms) for spec in specs]) == [each for pair in zip(*alone, strict=True) for each in pair]


def test_a_small_session_is_small() -> None:
    """What a class's sessions are the same in is there once."""
    rooms = Rooms()
    kept = [Session(SessionSpec(), rooms=rooms) for _ in range(3)]
    gc.collect()
    tracemalloc.start()
    kept += [Session(SessionSpec(), rooms=rooms) for _ in range(6)]
    gc.collect()
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    history = sum(array.nbytes for array in kept[-1].snapshots._kept[0].arrays)
    assert now / 6 - history < MOST

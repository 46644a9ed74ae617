"""Full sweeps of the garbage collector leave out what stays; nothing that has gone is kept for it."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from app import heap
from app.heap import Heap


class Knot:
    """An object that only the collector can free."""

    def __init__(self) -> None:
        self.self = self


@pytest.fixture
def made() -> Iterator[Heap]:
    found = Heap()
    yield found
    found.close()
    assert gc.get_freeze_count() == 0


def test_what_stays_is_not_gone_through_again(made: Heap) -> None:
    assert not made.look(3, 0) and gc.get_freeze_count() == 0
    assert made.look(3, 3)
    assert gc.get_freeze_count() > 10_000 and len(gc.get_objects()) < 10_000
    assert not made.look(3, 3)


def test_what_is_set_aside_and_goes_is_freed_when_a_quarter_has_gone(made: Heap, monkeypatch: pytest.MonkeyPatch) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    made.look(100, 100)
    del knot
    gc.collect()
    assert gone() is not None
    assert not made.look(80, 119) and made.look(80, 120) and gone() is None
    assert not made.look(80, 121)
    monkeypatch.setattr(heap, "LONGEST", 0.0)
    assert made.look(80, 121) and made.look(80, 121)

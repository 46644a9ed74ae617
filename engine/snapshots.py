"""Copies of everything that changes, so that any earlier operation can be gone back to by replaying from the nearest copy.

They stand at multiples of a stride that doubles when there are too many, so that a replay is never longer than the stride. A few more
stand where somebody is likely to come back to: at the start of an update that is stepped through, after a change by hand, at the end of a course that was left.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.formula.calls import Array
from engine.pieces import Pieces
from engine.position import Position

MOST = 256
"""Snapshots that one course of events may keep, however small they are."""
LEAST = 2
"""Snapshots that it keeps however large they are."""
PIECE = 500_000
"""Numbers that are copied at a time."""
SHARE = 4
"""One in so many may stand off the stride."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The state at a position, after all commands there. `settings` are those then in force."""

    position: Position
    arrays: tuple[Array, ...]
    settings: tuple[object, ...]

    @property
    def nbytes(self) -> int:
        """The memory it takes."""
        return sum(array.nbytes for array in self.arrays)


class Snapshots:
    """Snapshots in order of position, at most `most` of them and, beyond `LEAST`, at most `room` bytes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.most = MOST
        self.stride = 1
        self._kept: list[Snapshot] = []
        self._between: list[Snapshot] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self._kept)

    @property
    def earliest(self) -> Position:
        """The earliest position that can be gone back to."""
        return self._kept[0].position

    @property
    def nbytes(self) -> int:
        """The memory of all of them."""
        return self._bytes

    def add(self, snapshot: Snapshot) -> None:
        """Keep one more, in the place of one at the same position."""
        place = self._place(snapshot.position)
        if place and self._kept[place - 1].position == snapshot.position:
            self._drop(self._kept[place - 1])
            place -= 1
        self._kept.insert(place, snapshot)
        self._bytes += snapshot.nbytes
        if not self._on_stride(snapshot):
            self._between.append(snapshot)
        self.thin()

    def at(self, position: Position) -> Snapshot | None:
        """The snapshot of exactly this position."""
        found = self.before(position)
        return found if found and found.position == position else None

    def before(self, position: Position) -> Snapshot | None:
        """The last snapshot at or before a position."""
        place = self._place(position)
        return self._kept[place - 1] if place else None

    def fork(self, position: Position) -> "Snapshots":
        """Another list of the same snapshots up to a position; the copies themselves are shared."""
        made = Snapshots(self.room)
        made.most, made.stride = self.most, self.stride
        made._kept = self._kept[: self._place(position)]
        made._between = [each for each in self._between if each.position <= position]
        made._bytes = sum(each.nbytes for each in made._kept)
        return made

    def forget_before(self, position: Position) -> None:
        """Give up what is earlier, where something later is left."""
        for snapshot in [kept for kept in self._kept[:-1] if kept.position < position]:
            self._drop(snapshot)

    def thin(self) -> None:
        """Keep within the bounds: first without the oldest of those between, where they are many, then at twice the stride."""
        while len(self._kept) > max(self.most, LEAST) or (self._bytes > self.room and len(self._kept) > LEAST):
            spare = next((each for each in self._between if each is not self._kept[-1] and each is not self._kept[0]), None)
            if spare and (len(self._between) * SHARE > len(self._kept) or not self._widen()):
                self._drop(spare)
            elif not spare:
                self._widen()

    def _widen(self) -> bool:
        """Double the stride, until something goes; the first and the last stay. False where nothing more can."""
        between = {id(each) for each in self._between}
        spare = [each for each in self._kept[1:-1] if id(each) not in between]
        before = len(self._kept)
        while spare and len(self._kept) == before:
            self.stride *= 2
            for each in spare:
                if not self._on_stride(each):
                    self._drop(each)
        last = self._kept[-1]
        if not self._on_stride(last) and id(last) not in between:
            self._between.append(last)
        return len(self._kept) < before

    def _on_stride(self, snapshot: Snapshot) -> bool:
        return snapshot.position.instruction == 0 and snapshot.position.update % self.stride == 0

    def _place(self, position: Position) -> int:
        return bisect_right(self._kept, position, key=lambda kept: kept.position)

    def _drop(self, snapshot: Snapshot) -> None:
        self._kept.remove(snapshot)
        self._bytes -= snapshot.nbytes
        if snapshot in self._between:
            self._between.remove(snapshot)


def copies(arrays: list[Array]) -> tuple[Array, ...]:
    """Independent copies of a state's arrays."""
    return tuple(array.copy() for array in arrays)


def copied(arrays: list[Array]) -> Pieces[tuple[Array, ...]]:
    """The same in pieces, where they are large: None after each."""
    made = []
    for array in arrays:
        if array.size <= PIECE:
            made.append(array.copy())
            continue
        made.append(np.empty_like(array))
        for start in range(0, array.size, PIECE):
            made[-1].reshape(-1)[start : start + PIECE] = array.reshape(-1)[start : start + PIECE]
            yield
    return tuple(made)


def touched(arrays: list[Array]) -> Iterator[None]:
    """Write large arrays over with what is in them, in pieces: new memory is given out when it is first written, which takes longer than an update."""
    for array in arrays:
        for start in range(0, array.size if array.size > PIECE else 0, PIECE):
            part = array.reshape(-1)[start : start + PIECE]
            np.positive(part, part)  # a copy of an array onto itself would be left out
            yield


def restore(arrays: list[Array], snapshot: Snapshot) -> None:
    """Write a snapshot's arrays back into the state's own buffers."""
    for array, kept in zip(arrays, snapshot.arrays, strict=True):
        np.copyto(array, kept)

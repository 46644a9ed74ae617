"""Copies of everything that changes, so that any earlier operation can be gone back to by replaying from the nearest copy."""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from engine.formula.calls import Array
from engine.position import Position

BUDGET = 64 * 2**20
"""Bytes of snapshots that one session may keep, half of them after commands."""
MOST = 256


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The state at a position. `settings` are the settings then in force; a snapshot after a command is kept, since replay cannot pass it."""

    position: Position
    arrays: tuple[Array, ...]
    settings: tuple[object, ...]
    command: bool


class Snapshots:
    """Snapshots in order of position, thinned by doubling the distance between them when there are too many."""

    def __init__(self, size: int) -> None:
        self.most = int(max(2, min(MOST, BUDGET // (2 * max(size, 1)))))
        self.stride = 1
        self._kept: list[Snapshot] = []

    def add(self, snapshot: Snapshot) -> None:
        """Keep one more; a command forgets the future that it replaces."""
        if snapshot.command:
            self._kept = [kept for kept in self._kept if kept.position <= snapshot.position]
        elif self.at(snapshot.position):
            return
        self._kept.insert(bisect_right(self._kept, snapshot.position, key=lambda kept: kept.position), snapshot)
        self._thin()

    def at(self, position: Position) -> Snapshot | None:
        """The snapshot of exactly this position, the newest where there are several."""
        found = self.before(position)
        return found if found and found.position == position else None

    def before(self, position: Position) -> Snapshot | None:
        """The last snapshot at or before a position."""
        place = bisect_right(self._kept, position, key=lambda kept: kept.position)
        return self._kept[place - 1] if place else None

    def command_within(self, after: Position, until: Position) -> Snapshot | None:
        """The snapshot after the first commands later than `after` and not later than `until`; of several at one position, the last."""
        first = next((kept for kept in self._kept if kept.command and after < kept.position <= until), None)
        return self.at(first.position) if first else None

    @property
    def earliest(self) -> Position:
        """The earliest position that can be gone back to."""
        return self._kept[0].position

    def _thin(self) -> None:
        while sum(not kept.command for kept in self._kept) > self.most:
            self.stride *= 2
            first = self._kept[0]
            self._kept = [
                kept for kept in self._kept if kept.command or kept is first or kept.position.update % self.stride == 0 and kept.position.instruction == 0
            ]
        while sum(kept.command for kept in self._kept) > self.most:
            oldest = next(kept for kept in self._kept if kept.command)
            self._kept = self._kept[self._kept.index(oldest) + 1 :]


def copies(arrays: list[Array]) -> tuple[Array, ...]:
    """Independent copies of a state's arrays."""
    return tuple(array.copy() for array in arrays)


def restore(arrays: list[Array], snapshot: Snapshot) -> None:
    """Write a snapshot's arrays back into the state's own buffers."""
    for array, kept in zip(arrays, snapshot.arrays, strict=True):
        np.copyto(array, kept)

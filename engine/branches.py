"""The courses of events of one session: a change in the past begins a new one, and keeps what had followed as another."""

from collections.abc import Iterator
from typing import Any

from engine.errors import OutOfReach, UnknownName
from engine.position import Position
from engine.settings import differences
from engine.snapshots import LEAST
from engine.timeline import Timeline

FEWEST = 2
"""Branches that are kept however large the network is: the one that goes on, and what had followed."""


class Branches:
    """At most `most` timelines, one of them the current one; together they keep about `room` bytes of snapshots and of values set by hand."""

    def __init__(self, first: Timeline, most: int, room: int) -> None:
        self.most = most
        self.room = room
        self.current = first
        self.news: str | None = None
        self.version = 0
        self._all = {first.number: first}
        self._next = first.number + 1
        self._share()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Timeline]:
        return iter(self._all.values())

    def get(self, number: int) -> Timeline:
        """The branch of a number; raises UnknownName."""
        if number not in self._all:
            raise UnknownName("branch", number, list(self._all))
        return self._all[number]

    def fork(self, position: Position) -> None:
        """Begin a branch at a position of the current one and go on in it; raises OutOfReach where there are too many with names."""
        given_up = self._make_room()
        made = self.current.fork(self._next, position)
        self._next += 1
        self._all[made.number] = self.current = made
        self._share()
        self.news = f"{given_up} was given up, since no more than {self.most_here} branches are kept." if given_up else None

    def delete(self, number: int) -> None:
        """Forget a branch; raises OutOfReach for the current one."""
        if self.get(number) is self.current:
            raise OutOfReach(f"{self.current.name} is the branch that is shown; switch to another before it is deleted")
        del self._all[number]
        self._share()

    def heard(self) -> str | None:
        """What there is to say of a branch that was begun, once."""
        news, self.news = self.news, None
        return news

    def rename(self, number: int, name: str) -> None:
        """Give a branch a name of its own; one with a name is never given up for another."""
        branch = self.get(number)
        branch.name, branch.named = name, True
        self.version += 1

    @property
    def most_here(self) -> int:
        """How many are kept: fewer than `most` where each copy of the state is large."""
        largest = max((each.nbytes for each in self.current.snapshots), default=0)
        return max(FEWEST, min(self.most, self.room // max(LEAST * largest, 1)))

    def json(self, *, curves: bool) -> list[dict[str, Any]]:
        """Each branch, where it parts from the current one, what it has instead of it, and its curves where they are asked for."""
        return [
            {
                **each.json(),
                "current": each is self.current,
                "parted": parted.json() if (parted := each.parted(self.current)) else None,
                "differences": differences(self.current.settings, each.settings),
                **({"curves": each.history.curves()} if curves else {}),
            }
            for each in self
        ]

    def _make_room(self) -> str | None:
        given_up = None
        while len(self._all) >= self.most_here:
            spare = [each for each in self if each is not self.current and not each.named]
            if not spare:
                raise OutOfReach(f"{len(self._all)} branches are kept here, and every other one has a name; delete one first")
            shortest = min(spare, key=lambda each: (each.end.update - each.forked.update, each.end.instruction - each.forked.instruction, each.number))
            given_up = shortest.name
            del self._all[shortest.number]
        return given_up

    def _share(self) -> None:
        """Part the room among the branches: three quarters of it for snapshots, the rest for values set by hand."""
        self.version += 1
        each_has = self.room // len(self._all)
        for each in self:
            each.snapshots.room, each.log.room = each_has * 3 // 4, each_has // 4
            each.snapshots.thin()

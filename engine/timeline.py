"""One course of events: the snapshots to go back by, what was changed by hand, the curves, and how far it went."""

from typing import TYPE_CHECKING, Any

from engine.history import History
from engine.log import Log
from engine.position import Position
from engine.settings import Settings
from engine.snapshots import Snapshots

if TYPE_CHECKING:
    from engine.divergence import Fault


class Timeline:
    """Everything that is remembered of one way from the beginning; what two of them share, they share in memory too."""

    def __init__(self, number: int, snapshots: Snapshots, history: History, log: Log, settings: Settings) -> None:
        self.number = number
        self.name = f"branch {number}"
        self.named = False
        self.parent: int | None = None
        self.lineage: dict[int, Position] = {}
        self.forked = Position(0, 0)
        self.snapshots = snapshots
        self.history = history
        self.log = log
        self.first = settings
        self.end = Position(0, 0)
        self.here = Position(0, 0)
        self.fault: Fault | None = None

    def fork(self, number: int, position: Position) -> "Timeline":
        """A course of its own with the same past up to a position."""
        made = Timeline(number, self.snapshots.fork(position), self.history.fork(position.update), self.log.fork(position), self.first)
        made.parent = self.number
        made.lineage = {**{number: min(until, position) for number, until in self.lineage.items()}, self.number: position}
        made.forked = made.end = made.here = position
        made.fault = self.fault if self.fault and self.fault.position < position else None
        return made

    def parted(self, other: "Timeline") -> Position | None:
        """How far both have the same past; None where they are the same."""
        if other is self:
            return None
        mine, others = ({**each.lineage, each.number: each.end} for each in (self, other))
        return max(min(mine[number], others[number]) for number in mine.keys() & others.keys())

    def reach(self, position: Position) -> None:
        """Take note of how far it went."""
        self.end = max(self.end, position)

    def settings_at(self, position: Position) -> Settings:
        """The settings in force at a position."""
        return self.log.settings_at(position, self.first)

    @property
    def settings(self) -> Settings:
        """The settings in force at its end."""
        return self.settings_at(self.end)

    def json(self) -> dict[str, Any]:
        """What it is, without its curves."""
        return {
            "id": self.number,
            "name": self.name,
            "parent": self.parent,
            "forked": self.forked.json() if self.parent is not None else None,
            "earliest": self.snapshots.earliest.json(),
            "end": self.end.json(),
            "here": self.here.json(),
            "settings": self.settings.json(),
            "changes": [command.json() for command in self.log.commands],
        }

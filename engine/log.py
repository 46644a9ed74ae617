"""What was changed by hand in the course of a run: each command with its position, to be given again whenever the position is passed."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from engine.formula.calls import Array
from engine.position import Position
from engine.settings import Settings, differences


@dataclass(frozen=True, eq=False)
class Command:
    """One change: of the settings, which are then `settings`, or of parameters, by name. `before` are the settings until then."""

    position: Position
    before: Settings
    settings: Settings
    edits: Mapping[str, Array]

    @property
    def says(self) -> str:
        """What was changed, in a few words."""
        if not self.edits:
            return "; ".join(differences(self.before, self.settings)) or "the same settings again"
        if len(self.edits) == 1:
            name, value = next(iter(self.edits.items()))
            return f"{name} set by hand" if value.ndim else f"{name} set to {float(value):.4g}".replace("-", "−")
        return f"{len(self.edits)} parameters set by hand: {', '.join(list(self.edits)[:3])}{', …' if len(self.edits) > 3 else ''}"

    @property
    def nbytes(self) -> int:
        """The memory of the values that were set."""
        return sum(value.nbytes for value in self.edits.values())

    def json(self) -> dict[str, Any]:
        """The form in which it travels."""
        return {"position": self.position.json(), "kind": "edit" if self.edits else "settings", "says": self.says}


class Log:
    """Commands in order of position, no more than `most` of them and, beyond the newest, no more than `room` bytes."""

    def __init__(self, most: int, room: int) -> None:
        self.most = most
        self.room = room
        self.commands: list[Command] = []

    def add(self, command: Command) -> Position | None:
        """Keep one more; values set at one place add up to one command. The answer is the position before which the past is given up for it."""
        last = self.commands[-1] if self.commands else None
        if last and last.position == command.position and last.edits and command.edits:
            self.commands[-1] = replace(last, edits={**{name: each for name, each in last.edits.items() if name not in command.edits}, **command.edits})
        else:
            self.commands.append(command)
        given_up = None
        while len(self.commands) > self.most or (len(self.commands) > 1 and sum(each.nbytes for each in self.commands) > self.room):
            given_up = self.commands.pop(0).position
        return given_up

    def after(self, position: Position, until: Position) -> list[Command]:
        """The commands at the first place later than `position` and not later than `until`."""
        later = self.commands[self._place(position) :]
        return list(takewhile(lambda each: each.position == later[0].position, later)) if later and later[0].position <= until else []

    def settings_at(self, position: Position, otherwise: Settings) -> Settings:
        """The settings in force at a position."""
        place = self._place(position)
        if place:
            return self.commands[place - 1].settings
        return self.commands[0].before if self.commands else otherwise

    def fork(self, position: Position) -> "Log":
        """Another log of the same commands up to a position."""
        made = Log(self.most, self.room)
        made.commands = self.commands[: self._place(position)]
        return made

    def _place(self, position: Position) -> int:
        return bisect_right(self.commands, position, key=lambda each: each.position)

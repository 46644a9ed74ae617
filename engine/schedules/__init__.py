"""How the learning rate changes over the updates."""

from typing import TYPE_CHECKING, ClassVar

from engine.component import Component, discover, union


class Schedule(Component):
    """A learning rate as a function of the number of the update."""

    family: ClassVar[str] = "schedules"

    def at(self, update: int) -> float:
        """The learning rate of update number `update`, counted from 0."""
        raise NotImplementedError


discover(__name__)

if TYPE_CHECKING:
    AnySchedule = Schedule
else:
    AnySchedule = union(Schedule)

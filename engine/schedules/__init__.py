"""How the learning rate changes over the updates. Every schedule begins from its `rate`; updates are counted from 0."""

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from engine.component import Component, Int, Real, discover, union

BaseRate = Annotated[Real, Field(gt=0, le=1000, description="The learning rate, η, that it goes by")]
Factor = Annotated[Real, Field(gt=0, le=1, description="What the rate is multiplied by each time")]
Floor = Annotated[Real, Field(ge=0, le=1000, description="The rate at the end, which stays")]
Updates = Annotated[Int, Field(ge=1, le=1_000_000_000)]


class Schedule(Component):
    """A learning rate as a function of the number of the update."""

    family: ClassVar[str] = "schedules"

    def at(self, update: int) -> float:
        """The learning rate of update number `update`, counted from 0: finite, and never below 0."""
        raise NotImplementedError

    def expression(self) -> str:
        """The same as Python over `update`, `math` and the schedule's own fields; empty where it is not told."""
        return ""


discover(__name__)

if TYPE_CHECKING:
    AnySchedule = Schedule
else:
    AnySchedule = union(Schedule)

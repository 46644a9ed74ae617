"""Constant."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Real
from engine.schedules import Schedule


class Constant(Schedule):
    """The same learning rate at every update."""

    prominent: ClassVar[bool] = True
    kind: Literal["constant"] = "constant"
    rate: Real = Field(default=0.1, gt=0, le=1000, description="The learning rate")

    def at(self, update: int) -> float:
        return self.rate

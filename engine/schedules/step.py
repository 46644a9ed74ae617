"""Step."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.schedules import BaseRate, Factor, Schedule, Updates


class Step(Schedule):
    """Down a stair: every so many updates the rate is multiplied by a factor."""

    title: ClassVar[str] = "step"
    kind: Literal["step"] = "step"
    rate: BaseRate = 0.1
    every: Updates = Field(default=500, description="Updates between two steps")
    factor: Factor = 0.5

    def at(self, update: int) -> float:
        return float(self.rate * self.factor ** (update // self.every))

    def expression(self) -> str:
        return "rate * factor ** (update // every)"

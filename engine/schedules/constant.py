"""Constant."""

from typing import ClassVar, Literal

from engine.schedules import BaseRate, Schedule


class Constant(Schedule):
    """The same learning rate at every update."""

    title: ClassVar[str] = "constant"
    prominent: ClassVar[bool] = True
    kind: Literal["constant"] = "constant"
    rate: BaseRate = 0.1

    def at(self, update: int) -> float:
        return self.rate

    def expression(self) -> str:
        return "rate"

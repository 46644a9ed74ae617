"""Exponential."""

from typing import ClassVar, Literal

from engine.schedules import BaseRate, Factor, Schedule


class Exponential(Schedule):
    """A steady fall: at every update the rate is multiplied by the same factor, so rate · factor^update."""

    title: ClassVar[str] = "exponential"
    kind: Literal["exponential"] = "exponential"
    rate: BaseRate = 0.1
    factor: Factor = 0.999

    def at(self, update: int) -> float:
        return float(self.rate * self.factor**update)

    def expression(self) -> str:
        return "rate * factor**update"

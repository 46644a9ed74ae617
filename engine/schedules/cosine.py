"""Cosine."""

from math import cos, pi
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from engine.schedules import BaseRate, Floor, Schedule, Updates


class Cosine(Schedule):
    """Half a cosine wave down to a floor, where it stays: gentle at both ends (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts)."""

    title: ClassVar[str] = "cosine"
    kind: Literal["cosine"] = "cosine"
    rate: BaseRate = 0.1
    updates: Updates = Field(default=2000, description="Updates until the floor is reached")
    floor: Floor = 0.0

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.floor > self.rate:
            raise ValueError(f"the floor, {self.floor:g}, lies above the rate, {self.rate:g}; a cosine goes down, so lower the floor")
        return self

    def at(self, update: int) -> float:
        return self.floor + (self.rate - self.floor) * half_wave(update / self.updates)

    def expression(self) -> str:
        return "floor + (rate - floor) * ((1 + math.cos(math.pi * min(update / updates, 1))) / 2)"


def half_wave(share: float) -> float:
    """From 1 at share 0 down to 0 at share 1, and 0 from there on."""
    return (1 + cos(pi * share)) / 2 if share < 1 else 0.0

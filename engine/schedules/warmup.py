"""Warm-up."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.schedules import BaseRate, Schedule, Updates
from engine.schedules.cosine import half_wave


class Warmup(Schedule):
    """A straight climb to the rate, so that the first, wildest gradients take small steps (Goyal et al. 2017, arXiv:1706.02677); then constant or cosine.

    Update 0 already has rate / warmup, so that it learns; update warmup - 1 is the first with the full rate. A cosine begins at update `warmup`.
    """

    title: ClassVar[str] = "warm-up"
    kind: Literal["warmup"] = "warmup"
    rate: BaseRate = 0.1
    warmup: Updates = Field(default=100, description="Updates until the rate is reached")
    then: Literal["constant", "cosine"] = Field(default="constant", description="What comes after: stay there, or go down to 0 in half a cosine wave")
    updates: Updates = Field(default=2000, description="Updates that the way down takes, where it is a cosine")

    def at(self, update: int) -> float:
        if update < self.warmup:
            return self.rate * ((update + 1) / self.warmup)
        if self.then == "constant":
            return self.rate
        return self.rate * half_wave((update - self.warmup) / self.updates)

    def expression(self) -> str:
        after = "rate" if self.then == "constant" else "rate * ((1 + math.cos(math.pi * min((update - warmup) / updates, 1))) / 2)"
        return f"rate * ((update + 1) / warmup) if update < warmup else {after}"

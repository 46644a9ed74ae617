"""How a session trains by itself, as it was asked for and as it is written down."""

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pydantic import TypeAdapter

from app.models import Unit
from engine import AnyBreakpoint

CATCH_UP = 0.25
"""Seconds of a paced run that may be made good after others had their turn."""
_BREAKPOINTS: TypeAdapter[tuple[AnyBreakpoint, ...]] = TypeAdapter(tuple[AnyBreakpoint, ...])


@dataclass(frozen=True)
class Run:
    """Units a second (None is as fast as possible), the update at which it stops, and what else it stops at."""

    unit: Unit = "batch"
    rate: float | None = None
    until: int | None = None
    breakpoints: tuple[AnyBreakpoint, ...] = ()

    def json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        breakpoints = [each.model_dump(mode="json") for each in self.breakpoints]
        return {"unit": self.unit, "rate": self.rate, "until": self.until, "breakpoints": breakpoints}

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Run":
        """The run that `json` told of."""
        return cls(told["unit"], told["rate"], told["until"], _BREAKPOINTS.validate_python(told["breakpoints"]))


class Pace:
    """The units of a run that are due: `rate` a second, and no more made good than a moment's worth after others had their turn."""

    def __init__(self) -> None:
        self.next = perf_counter()

    def owed(self, rate: float) -> int:
        """How many are due by now, one at the least."""
        now = perf_counter()
        self.next = max(self.next, now - CATCH_UP)
        owed = 1 + int((now - self.next) * rate)
        self.next += owed / rate
        return owed

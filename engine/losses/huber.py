"""Huber."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.datasets import Task
from engine.losses import TermLoss


class Huber(TermLoss):
    """Squared near the target and straight beyond δ, so that one bad example cannot shout (Huber 1964)."""

    title: ClassVar[str] = "Huber"
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes")
    short: ClassVar[str] = "Huber"
    term: ClassVar[str] = "huber_error"
    torch: ClassVar[Counterpart] = Counterpart("nn.HuberLoss(delta={delta})")
    keras: ClassVar[Counterpart] = Counterpart("keras.losses.Huber(delta={delta})")
    kind: Literal["huber"] = "huber"
    delta: Real = Field(default=1.0, gt=0, le=1000, description="Where it turns straight")

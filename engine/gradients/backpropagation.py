"""Backpropagation."""

from typing import ClassVar, Literal

from engine.gradients import Gradient


class Backpropagation(Gradient):
    """Carry the loss's own slope back through every operation once: the exact gradient of all weights for about the price of two forward passes."""

    prominent: ClassVar[bool] = True
    kind: Literal["backpropagation"] = "backpropagation"

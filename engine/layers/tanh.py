"""tanh."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Tanh(Activation):
    """Squash each value to (−1, 1), centred on zero."""

    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "tanh"
    bounds: ClassVar[tuple[float | None, float | None]] = (-1, 1)
    kind: Literal["tanh"] = "tanh"

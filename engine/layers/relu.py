"""ReLU."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Relu(Activation):
    """Keep what is positive, drop the rest: max(0, x)."""

    title: ClassVar[str] = "ReLU"
    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "relu"
    bounds: ClassVar[tuple[float | None, float | None]] = (0, None)
    kind: Literal["relu"] = "relu"

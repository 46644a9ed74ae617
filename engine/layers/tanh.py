"""tanh."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Tanh(Activation):
    """Squash each value to (−1, 1), centred on zero."""

    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "tanh"
    kind: Literal["tanh"] = "tanh"

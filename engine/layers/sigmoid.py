"""sigmoid."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Sigmoid(Activation):
    """Squash each value to (0, 1): 1 / (1 + e⁻ˣ)."""

    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "sigmoid"
    kind: Literal["sigmoid"] = "sigmoid"

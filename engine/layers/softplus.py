"""softplus."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Softplus(Activation):
    """A rounded ReLU: ln(1 + eˣ)."""

    op: ClassVar[str] = "softplus"
    kind: Literal["softplus"] = "softplus"

"""softmax."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Softmax(Activation):
    """Make the units of each example a distribution: positive, adding up to 1."""

    op: ClassVar[str] = "softmax"
    kind: Literal["softmax"] = "softmax"

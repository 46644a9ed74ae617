"""softmax."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Softmax(Activation):
    """Make the units of each example a distribution: positive, adding up to 1."""

    op: ClassVar[str] = "softmax"
    torch: ClassVar[Counterpart] = Counterpart("nn.Softmax(dim=-1)")
    keras: ClassVar[Counterpart] = Counterpart("layers.Softmax()")
    kind: Literal["softmax"] = "softmax"

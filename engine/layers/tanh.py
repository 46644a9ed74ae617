"""tanh."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Tanh(Activation):
    """Squash each value to (−1, 1), centred on zero."""

    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "tanh"
    bounds: ClassVar[tuple[float | None, float | None]] = (-1, 1)
    torch: ClassVar[Counterpart] = Counterpart("nn.Tanh()")
    keras: ClassVar[Counterpart] = Counterpart('layers.Activation("tanh")')
    kind: Literal["tanh"] = "tanh"

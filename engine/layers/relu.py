"""ReLU."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Relu(Activation):
    """Keep what is positive, drop the rest: max(0, x)."""

    title: ClassVar[str] = "ReLU"
    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "relu"
    bounds: ClassVar[tuple[float | None, float | None]] = (0, None)
    torch: ClassVar[Counterpart] = Counterpart("nn.ReLU()")
    keras: ClassVar[Counterpart] = Counterpart("layers.ReLU()")
    kind: Literal["relu"] = "relu"

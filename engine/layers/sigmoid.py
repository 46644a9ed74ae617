"""sigmoid."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Sigmoid(Activation):
    """Squash each value to (0, 1): 1 / (1 + e⁻ˣ)."""

    prominent: ClassVar[bool] = True
    op: ClassVar[str] = "sigmoid"
    bounds: ClassVar[tuple[float | None, float | None]] = (0, 1)
    torch: ClassVar[Counterpart] = Counterpart("nn.Sigmoid()")
    keras: ClassVar[Counterpart] = Counterpart('layers.Activation("sigmoid")')
    kind: Literal["sigmoid"] = "sigmoid"

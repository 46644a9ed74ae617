"""softplus."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Softplus(Activation):
    """A rounded ReLU: ln(1 + eˣ)."""

    op: ClassVar[str] = "softplus"
    torch: ClassVar[Counterpart] = Counterpart("nn.Softplus()", "PyTorch takes x itself above 20, where the two differ by less than 3e-9")
    keras: ClassVar[Counterpart] = Counterpart('layers.Activation("softplus")')
    kind: Literal["softplus"] = "softplus"

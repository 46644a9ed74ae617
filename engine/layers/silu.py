"""SiLU."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Silu(Activation):
    """A smooth gate: x times its own sigmoid (Ramachandran et al. 2017)."""

    title: ClassVar[str] = "SiLU"
    op: ClassVar[str] = "silu"
    torch: ClassVar[Counterpart] = Counterpart("nn.SiLU()")
    keras: ClassVar[Counterpart] = Counterpart('layers.Activation("silu")')
    kind: Literal["silu"] = "silu"

"""SiLU."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Silu(Activation):
    """A smooth gate: x times its own sigmoid (Ramachandran et al. 2017)."""

    title: ClassVar[str] = "SiLU"
    op: ClassVar[str] = "silu"
    kind: Literal["silu"] = "silu"

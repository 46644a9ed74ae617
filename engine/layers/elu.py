"""ELU."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.layers import Activation


class Elu(Activation):
    """Keep what is positive; negative values level off smoothly at −α (Clevert et al. 2016)."""

    title: ClassVar[str] = "ELU"
    op: ClassVar[str] = "elu"
    torch: ClassVar[Counterpart] = Counterpart("nn.ELU({alpha})")
    keras: ClassVar[Counterpart] = Counterpart("layers.ELU(alpha={alpha})")
    kind: Literal["elu"] = "elu"
    alpha: Real = Field(default=1.0, gt=0, le=10, description="How far below zero it can go")

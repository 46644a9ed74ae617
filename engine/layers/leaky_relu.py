"""leaky ReLU."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.layers import Activation


class LeakyRelu(Activation):
    """Keep what is positive and let a little of the rest through (Maas et al. 2013)."""

    title: ClassVar[str] = "leaky ReLU"
    op: ClassVar[str] = "leaky_relu"
    torch: ClassVar[Counterpart] = Counterpart("nn.LeakyReLU({slope})")
    keras: ClassVar[Counterpart] = Counterpart("layers.LeakyReLU(negative_slope={slope})")
    kind: Literal["leaky_relu"] = "leaky_relu"
    slope: Real = Field(default=0.01, ge=0, le=1, description="Slope below zero")

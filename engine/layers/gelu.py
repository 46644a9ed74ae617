"""GELU."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Activation


class Gelu(Activation):
    """A smooth gate: x times the chance that a normal draw is below x, in its tanh form (Hendrycks and Gimpel 2016)."""

    title: ClassVar[str] = "GELU"
    op: ClassVar[str] = "gelu"
    torch: ClassVar[Counterpart] = Counterpart('nn.GELU(approximate="tanh")')
    keras: ClassVar[Counterpart] = Counterpart("layers.Activation(lambda x: keras.activations.gelu(x, approximate=True))")
    kind: Literal["gelu"] = "gelu"

"""GELU."""

from typing import ClassVar, Literal

from engine.layers import Activation


class Gelu(Activation):
    """A smooth gate: x times the chance that a normal draw is below x, in its tanh form (Hendrycks and Gimpel 2016)."""

    title: ClassVar[str] = "GELU"
    op: ClassVar[str] = "gelu"
    kind: Literal["gelu"] = "gelu"

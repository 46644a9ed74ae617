"""Flatten."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.layers import Layer
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class Flatten(Layer):
    """Lay each example's values out in one row, so that a linear layer can weigh them all."""

    sample_shape: ClassVar[Shape] = (2, 3)
    torch: ClassVar[Counterpart] = Counterpart("nn.Flatten()")
    keras: ClassVar[Counterpart] = Counterpart("layers.Flatten()")
    kind: Literal["flatten"] = "flatten"

    def shape(self, inputs: Shape) -> Shape:
        return (prod(inputs),)

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return tape.apply(OPS["reshape"], x, name="flatten", choices={"to": self.shape(x.shape[1:])})

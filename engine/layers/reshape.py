"""Reshape."""

from collections.abc import Mapping
from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Int
from engine.errors import SpecError
from engine.layers import Layer
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

Side = Annotated[Int, Field(ge=1, le=4096)]


class Reshape(Layer):
    """Give each example's values another shape, in the same order: a row of 64 becomes an image of 1 × 8 × 8, or a sequence of 8 moments with 8 values each."""

    sample_shape: ClassVar[Shape] = (4,)
    torch: ClassVar[Counterpart] = Counterpart("nn.Sequential(nn.Flatten(), nn.Unflatten(1, {to}))")
    keras: ClassVar[Counterpart] = Counterpart("layers.Reshape({to})")
    kind: Literal["reshape"] = "reshape"
    to: tuple[Side, ...] = Field(
        default=(2, 2), min_length=1, max_length=4, description="The shape: channels, height, width for an image; steps, values for a sequence"
    )

    def shape(self, inputs: Shape) -> Shape:
        if prod(inputs) != prod(self.to):
            raise SpecError("to", f"{prod(inputs)} values arrive for each example, and the shape {' × '.join(map(str, self.to))} holds {prod(self.to)}")
        return self.to

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return tape.apply(OPS["reshape"], x, name="reshape", choices={"to": self.to})

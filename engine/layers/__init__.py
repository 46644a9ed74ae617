"""What a network is made of, from the input on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from engine.component import Component, discover, union
from engine.formula.calls import Array
from engine.ops import OPS
from engine.tape import Tape, Var


class Layer(Component):
    """A frozen description of one layer: what parameters it starts with and what it records."""

    family: ClassVar[str] = "layers"

    def width(self, inputs: int) -> int:
        """How many values leave the layer for each example when `inputs` values enter."""
        return inputs

    def start(self, seed: int, index: int, inputs: int) -> dict[str, Array]:
        """The first values of the layer's parameters, by their short names."""
        return {}

    def trained(self) -> tuple[str, ...]:
        """The short names of the parameters that updates may change."""
        return ()

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        """Record the layer's ops on the tape and return its output."""
        raise NotImplementedError


class Activation(Layer):
    """A layer without parameters: one op, applied to what arrives."""

    op: ClassVar[str] = ""

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        numbers = {name: float(value) for name, value in self if name != "kind"}
        return tape.apply(OPS[self.op], x, attributes=numbers)


discover(__name__)

if TYPE_CHECKING:
    AnyLayer = Layer
else:
    AnyLayer = union(Layer)

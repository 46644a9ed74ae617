"""What a network is made of, from the input on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from engine.component import Component, discover, kinds, union
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.op import Op, Shape
from engine.ops import OPS
from engine.streams import stream
from engine.tape import Tape, Var


class Layer(Component):
    """A frozen description of one layer: what parameters it starts with and what it records."""

    family: ClassVar[str] = "layers"
    sample_shape: ClassVar[Shape] = (4,)
    """The shape of one example that the layer can take; the law tests put it into a network there."""
    sample: ClassVar[Mapping[str, Any]] = {}
    """Fields with which the law tests make it small enough for every path through it to be walked."""
    first: ClassVar[bool] = False
    """It reads the data themselves, so that it can stand before all other layers only."""
    named: ClassVar[bool] = False
    """It makes several values on the way, whose names sentences say."""

    costs: ClassVar[str] = ""
    """Where its counterpart keeps what it adds to the loss; empty where it adds nothing."""

    def shape(self, inputs: Shape) -> Shape:
        """The shape of one example behind the layer, given the shape before it; raises SpecError where the layer cannot take that."""
        return inputs

    def check(self, inputs: Array) -> None:
        """Refuse examples, (rows, inputs), that the layer cannot read where it stands first; raises SpecError."""

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        """The first values of the layer's parameters, by their short names."""
        return {}

    def parameters(self, inputs: Shape) -> int:
        """How many numbers the layer would learn, told before any is drawn."""
        return 0

    def largest(self, inputs: Shape) -> int:
        """The most units that a layer inside has; 0 where there is none inside."""
        return 0

    def count(self) -> int:
        """How many layers these are, with those inside."""
        return 1

    def trained(self) -> tuple[str, ...]:
        """The short names of the parameters that updates may change."""
        return ()

    def least_batch(self) -> int:
        """How many examples a batch must have at least for the layer to be trained."""
        return 1

    def begun_by(self, name: str) -> AnyInitializer | None:
        """What draws the first values of the parameter with this short name; None where nothing is drawn."""
        last = name.rpartition(".")[2]
        found: AnyInitializer | None = getattr(self, "init" if last[0] in "WP" else "recurrent_init" if last[0] == "U" else "bias_init", None)
        return found

    def stops(self) -> str:
        """Where it stops a gradient on purpose, in words; empty where it does not."""
        return ""

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        """Record the layer's ops on the tape and return its output."""
        raise NotImplementedError


class Activation(Layer):
    """A layer without parameters: one op, applied to what arrives."""

    op: ClassVar[str] = ""
    bounds: ClassVar[tuple[float | None, float | None]] = (None, None)
    """What its values cannot pass: a unit close to a bound on each side is saturated, one on the only bound is dead."""

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        numbers = {name: float(value) for name, value in self if name != "kind"}
        return tape.apply(OPS[self.op], x, attributes=numbers)


def draw(init: AnyInitializer, seed: int, index: int | str, name: str, shape: Shape) -> Array:
    """The first values of the parameter `<index>.<name>`; raises SpecError where the initialiser gives another shape."""
    values = np.asarray(init.draw(stream(seed, f"init {index}.{name}"), shape), dtype=np.float64)
    if values.shape != shape:
        raise SpecError(f"init of {name}", f"{index}.{name} has shape {shape}, and its first values have shape {values.shape}")
    return values


def image_of(op: Op, inputs: Shape, weights: tuple[Shape, ...], choices: Mapping[str, Any]) -> Shape:
    """The shape of one example behind an op that reads images; raises SpecError where no image arrives, or one that does not fit."""
    if len(inputs) != 3:
        raise SpecError("layers", f"values of shape {list(inputs)} arrive, and an image of channels, height and width is expected; put a reshape before it")
    try:
        return op.out_shape((1, *inputs), *weights, **choices)[1:]
    except TypeError as error:
        raise SpecError("layers", str(error)) from None


discover(__name__)

if TYPE_CHECKING:
    AnyLayer = Layer
else:
    AnyLayer = union(Layer)
    for _made in kinds(Layer):
        _made.model_rebuild(_types_namespace={"AnyLayer": AnyLayer})

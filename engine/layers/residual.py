"""Residual."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.layers import Layer
from engine.layers.composite import MOST, Composite, Layers, Part
from engine.layers.conv2d import Conv2d
from engine.layers.linear import Linear
from engine.layers.tanh import Tanh
from engine.op import Shape
from engine.ops import OPS
from engine.ops.windows import places
from engine.tape import Tape, Var

IN_TORCH = '''
class Residual(nn.Module):
    """What stands inside, added to its own input."""

    def __init__(self, inner, skip):
        super().__init__()
        self.inner, self.skip = inner, skip

    def forward(self, x):
        return self.inner(x) + self.skip(x)
'''
IN_KERAS = '''
class Residual(keras.Layer):
    """What stands inside, added to its own input."""

    def __init__(self, inner, skip):
        super().__init__()
        self.inner, self.skip = inner, skip

    def call(self, x, training=False):
        return self.inner(x, training=training) + self.skip(x)
'''
STRIDES = range(1, 9)
PROJECTED = ("skip.W", "skip.b")


class Residual(Composite):
    """Add what the layers inside make of the values to the values themselves, so that a gradient can pass them by unchanged (He et al. 2015, arXiv:1512.03385).

    Where the layers inside change the shape, the values are projected to it: by weights of units, or by a 1 × 1 convolution of an image.
    """

    torch: ClassVar[Counterpart] = Counterpart("Residual({rows}, {skip})", needs=IN_TORCH.strip())
    keras: ClassVar[Counterpart] = Counterpart("Residual({rows}, {skip})", needs=IN_KERAS.strip())
    kind: Literal["residual"] = "residual"
    sample: ClassVar[Mapping[str, Any]] = {"layers": [{"kind": "linear", "units": 2}, {"kind": "tanh"}]}
    layers: Layers = Field(default=(Linear(units=4), Tanh()), min_length=1, max_length=MOST, description="What stands inside, from the input on")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the projection begins, where one is needed")

    def rows(self) -> Mapping[str, Layers]:
        return {"": self.layers}

    def shape(self, inputs: Shape) -> Shape:
        after = self.through("", inputs)[-1]
        self._skip(inputs, after)
        return after

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        skip = self.projection(inputs)
        own = skip.start(seed, f"{index}.skip", inputs) if skip else {}
        return super().start(seed, index, inputs) | {f"skip.{name}": values for name, values in own.items()}

    def parameters(self, inputs: Shape) -> int:
        skip = self.projection(inputs)
        return super().parameters(inputs) + (skip.parameters(inputs) if skip else 0)

    def trained(self) -> tuple[str, ...]:
        return (*super().trained(), *PROJECTED)

    def part(self, short: str, inputs: Shape) -> Part:
        skip = self.projection(inputs)
        return Part(skip, short.removeprefix("skip."), inputs, "skip", None) if skip and short in PROJECTED else super().part(short, inputs)

    def place(self, prefix: str) -> str:
        return "inner"

    def projection(self, inputs: Shape) -> Layer | None:
        after = self.through("", inputs)[-1]
        if after == inputs:
            return None
        if len(inputs) == 3:
            return Conv2d(filters=after[0], size=1, stride=self._skip(inputs, after), padding=0, init=self.init)
        return Linear(units=after[-1], init=self.init)

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        inner = self.record_row(tape, parameters, x, "")
        skip = self.projection(x.shape[1:])
        if skip:
            with tape.scope(f"skip.{skip.kind}"):
                x = skip.record(tape, {name.removeprefix("skip."): parameters[name] for name in PROJECTED}, x)
        return tape.apply(OPS["add"], inner, x, name="sum")

    def _skip(self, inputs: Shape, after: Shape) -> int:
        """The stride by which a projection leads from the one shape to the other; raises SpecError where none does."""
        if len(inputs) == len(after) == 3:
            for stride in STRIDES:
                if places(inputs[1:], (1, 1), stride) == after[1:]:
                    return stride
        elif len(inputs) == len(after) and inputs[:-1] == after[:-1]:
            return 1
        raise SpecError(
            "layers",
            f"values of shape {list(inputs)} arrive and the layers inside give {list(after)}; to be added, both must be units, sequences of one length, "
            "or images that a stride brings to one size",
        )

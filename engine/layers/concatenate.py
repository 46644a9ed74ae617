"""Concatenate."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart
from engine.errors import SpecError
from engine.layers.composite import MOST, Composite, Layers
from engine.layers.linear import Linear
from engine.layers.sigmoid import Sigmoid
from engine.layers.tanh import Tanh
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

if TYPE_CHECKING:
    Branch = Layers
else:
    Branch = Annotated[Layers, Field(max_length=MOST)]

IN_TORCH = '''
class Concatenate(nn.Module):
    """What each branch makes of the same values, side by side: the channels of images, else the units."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1 if x.ndim == 4 else -1)
'''
IN_KERAS = '''
class Concatenate(keras.Layer):
    """What each branch makes of the same values, side by side: the channels of images, else the units."""

    def __init__(self, *branches):
        super().__init__()
        self.branches = list(branches)

    def call(self, x, training=False):
        made = [branch(x, training=training) for branch in self.branches]
        return keras.ops.concatenate(made, axis=1 if len(x.shape) == 4 else -1)
'''


class Concatenate(Composite):
    """Give the same values to several branches and put what they make of it side by side: the channels of images, else the units (Szegedy et al. 2014).

    A branch without layers hands the values on as they are, as in a densely connected network.
    """

    nested: ClassVar[str] = "branches"
    torch: ClassVar[Counterpart] = Counterpart("Concatenate({rows})", needs=IN_TORCH.strip())
    keras: ClassVar[Counterpart] = Counterpart("Concatenate({rows})", needs=IN_KERAS.strip())
    kind: Literal["concatenate"] = "concatenate"
    sample: ClassVar[Mapping[str, Any]] = {"branches": [[{"kind": "linear", "units": 2}], []]}
    branches: tuple[Branch, ...] = Field(
        default=((Linear(units=2), Tanh()), (Linear(units=2), Sigmoid())),
        min_length=2,
        max_length=8,
        description="The branches, each from the same input on",
    )

    def rows(self) -> Mapping[str, Layers]:
        return {f"{number}.": branch for number, branch in enumerate(self.branches)}

    def place(self, prefix: str) -> str:
        return f"branches[{prefix.rstrip('.')}]"

    def shape(self, inputs: Shape) -> Shape:
        shapes = [self.through(prefix, inputs)[-1] for prefix in self.rows()]
        axis = 0 if len(shapes[0]) == 3 else -1
        if any(_without(shape, axis) != _without(shapes[0], axis) for shape in shapes):
            what = "images of one size" if axis == 0 else "units, or sequences of one length"
            raise SpecError("layers", f"the branches give {', '.join(str(list(shape)) for shape in shapes)}; to stand side by side all must be {what}")
        joined = list(shapes[0])
        joined[axis] = sum(shape[axis] for shape in shapes)
        return tuple(joined)

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        made = [self.record_row(tape, parameters, x, prefix) for prefix in self.rows()]
        joined = made[0]
        for each in made[1:]:
            joined = tape.apply(OPS["concatenate"], joined, each, name="joined", choices={"axis": 1 if len(joined.shape) == 4 else -1})
        return joined


def _without(shape: Shape, axis: int) -> Shape:
    return (len(shape), *shape[1:]) if axis == 0 else (len(shape), *shape[:-1])

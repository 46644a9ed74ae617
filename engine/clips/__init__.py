"""How a gradient is kept from being too large."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from engine.component import Component, discover, union
from engine.formula.calls import Array
from engine.op import Calls


class Clip(Component):
    """A bound on the gradient before it is applied. Its formula reads g, its own fields and what `numbers` adds to them."""

    family: ClassVar[str] = "clips"
    formula: ClassVar[str] = ""
    symbols: ClassVar[Mapping[str, str]] = {}
    whole: ClassVar[bool] = False
    """Whether a number of the bounded gradient depends on all the others too."""
    measured: ClassVar[Mapping[str, str]] = {}
    """What the formula reads beside g and the clip's fields, as NumPy source over g."""

    def emit(self, gradient: Array, applied: Array, scratch: Callable[..., Array]) -> Calls:
        """The calls that write the bounded gradient into `applied`; both are flat vectors."""
        raise NotImplementedError

    def numbers(self, gradient: Array) -> dict[str, float]:
        """What the formula reads beside g, for this whole gradient."""
        return {name: float(value) for name, value in self if name != "kind"}


discover(__name__)

if TYPE_CHECKING:
    AnyClip = Clip
else:
    AnyClip = union(Clip)

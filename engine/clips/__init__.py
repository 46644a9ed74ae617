"""How a gradient is kept from being too large."""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from engine.component import Component, discover, union
from engine.formula.calls import Array
from engine.op import Calls


class Clip(Component):
    """A bound on the gradient before it is applied."""

    family: ClassVar[str] = "clips"
    formula: ClassVar[str] = ""

    def emit(self, gradient: Array, applied: Array, scratch: Callable[..., Array]) -> Calls:
        """The calls that write the bounded gradient into `applied`; both are flat vectors."""
        raise NotImplementedError


discover(__name__)

if TYPE_CHECKING:
    AnyClip = Clip
else:
    AnyClip = union(Clip)

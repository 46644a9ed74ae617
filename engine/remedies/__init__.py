"""What is done to a net that does not learn. Each remedy changes a description and nothing else, so that data, seed and first draws stay the same."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import TypeAdapter

from engine.component import Component, discover, union
from engine.layers import Activation
from engine.spec import SessionSpec

Net = Literal["deep", "recurrent"]
"""Layers one behind the other, or one layer that reads a sequence moment by moment."""


class Remedy(Component):
    """A treatment. Several are applied in the order of their `turn`: what the layers are comes before what suits them."""

    family: ClassVar[str] = "remedies"
    nets: ClassVar[tuple[Net, ...]] = ("deep", "recurrent")
    turn: ClassVar[int] = 0
    against: ClassVar[str] = ""
    """What it helps against, in a few words."""

    def apply(self, spec: SessionSpec) -> SessionSpec:
        """The same description, treated; raises SpecError where that cannot be."""
        raise NotImplementedError


def rebuilt(spec: SessionSpec, layers: Sequence[Any]) -> SessionSpec:
    """The description with other layers, checked anew."""
    plain = [each if isinstance(each, dict) else each.model_dump(mode="json") for each in layers]
    return SessionSpec.model_validate({**spec.model_dump(mode="json"), "layers": plain})


def is_activation(layer: object) -> bool:
    """Whether a layer is an activation between two others."""
    return isinstance(layer, Activation)


discover(__name__)

if TYPE_CHECKING:
    AnyRemedy = Remedy
else:
    AnyRemedy = union(Remedy)

remedy: TypeAdapter[Any] = TypeAdapter(AnyRemedy)
"""Reads a remedy from plain values."""

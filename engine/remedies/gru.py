"""GRU gates."""

from typing import ClassVar, Literal

from engine.layers.gru import Gru as Cell
from engine.remedies import Net, Remedy, rebuilt
from engine.remedies.recurrence import gated
from engine.spec import SessionSpec


class Gru(Remedy):
    """Put a GRU of the same size in the place of a simple recurrent layer: its update gate can let the past through unchanged.

    The update gates begin as far open to the past as the sequence is long.
    """

    title: ClassVar[str] = "GRU gates"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("recurrent",)
    against: ClassVar[str] = "a past that fades from moment to moment"
    kind: Literal["gru"] = "gru"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        return rebuilt(spec, gated(spec, Cell, keeps=1, biases=2))

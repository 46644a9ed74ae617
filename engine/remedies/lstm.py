"""LSTM gates."""

from typing import ClassVar, Literal

from engine.layers.lstm import Lstm as Cell
from engine.remedies import Net, Remedy, rebuilt
from engine.remedies.recurrence import gated
from engine.spec import SessionSpec


class Lstm(Remedy):
    """Put an LSTM of the same size in the place of a simple recurrent layer: its cell state passes from moment to moment through gates, not through a tanh.

    The forget gates begin as far open as the sequence is long.
    """

    title: ClassVar[str] = "LSTM gates"
    prominent: ClassVar[bool] = True
    nets: ClassVar[tuple[Net, ...]] = ("recurrent",)
    against: ClassVar[str] = "a past that fades from moment to moment"
    kind: Literal["lstm"] = "lstm"

    def apply(self, spec: SessionSpec) -> SessionSpec:
        return rebuilt(spec, gated(spec, Cell, keeps=1, biases=1))

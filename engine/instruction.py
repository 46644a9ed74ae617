"""One entry of a program."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.formula import Call
from engine.tape import Node

if TYPE_CHECKING:
    from engine.step import Step

Phase = Literal["forward", "loss", "backward", "update"]
What = Literal["value", "cotangent", "gradient", "parameter"]
Run = tuple[Node, ...]
"""Ops that use one weight by the same rule, in the order in which they run, where what they read and what arrives at them lies one after the other."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One entry of the program. `wrt` is the op's input that a pull goes to; `line` is the number of an update's line.

    `first` is False for a pull whose result is added to what other pulls have already written;
    a line of the update has a layer where a bug has that layer stepped before its turn;
    `step` is what an instruction of an estimated gradient, or one that moves a running statistic, says of itself; `turn` counts the players' turns.
    `passing` are calls for one who looks on: what they write, a later instruction works out at once, from the uses of a weight that it `joins`.
    """

    index: int
    phase: Phase
    layer: int | None
    node: int | None
    wrt: str | None
    computes: tuple[tuple[int, What], ...]
    calls: tuple[Call, ...]
    line: int | None = None
    first: bool = True
    step: "Step | None" = None
    turn: int = 0
    passing: tuple[Call, ...] = ()
    joins: tuple[Run, ...] = ()

"""Gated recurrent unit."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from engine.layers.recurrent import Recurrent, State
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class Gru(Recurrent):
    """Read a sequence one moment at a time, with a gate that can let the past through unchanged (Cho et al. 2014, arXiv:1406.1078).

    The gates stand in the order reset, update, candidate; what is carried has biases of its own, c, as in PyTorch.
    """

    title: ClassVar[str] = "GRU"
    gates: ClassVar[int] = 3
    elsewhere: ClassVar[Mapping[str, str]] = {"torch": "GRU", "keras": "GRU"}
    kind: Literal["gru"] = "gru"

    def shapes(self, inputs: Shape) -> dict[str, Shape]:
        return super().shapes(inputs) | {"c": (self.gates * self.units,)}

    def step(self, tape: Tape, weights: Mapping[str, Var], x: Var, state: State) -> State:
        sums = tape.apply(OPS["gru_affine"], x, weights["W"], weights["b"], state[0], weights["U"], weights["c"], name="sums")
        gates = []
        for number, name in enumerate(("reset", "update"), 1):
            with tape.scope(name):
                gates.append(tape.apply(OPS["sigmoid"], self.part(tape, sums, number), name=name))
        reset, update = gates
        with tape.scope("candidate"):
            read, carried = self.part(tape, sums, 0, "read"), self.part(tape, sums, 3, "carried")
            through = tape.apply(OPS["multiply"], reset, carried, name="let through")
            candidate = tape.apply(OPS["tanh"], tape.apply(OPS["add"], read, through, name="z"), name="candidate")
        return (tape.apply(OPS["blend"], update, state[0], candidate, name="h"),)

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
        read = tape.apply(OPS["affine"], x, weights["W"], weights["b"], name="read")
        carried = tape.apply(OPS["affine"], state[0], weights["U"], weights["c"], name="carried")
        gates = []
        for number, name in enumerate(("reset", "update")):
            with tape.scope(name):
                z = tape.apply(OPS["add"], self.part(tape, read, number), self.part(tape, carried, number), name="z")
                gates.append(tape.apply(OPS["sigmoid"], z, name=name))
        reset, update = gates
        with tape.scope("candidate"):
            through = tape.apply(OPS["multiply"], reset, self.part(tape, carried, 2), name="let through")
            candidate = tape.apply(OPS["tanh"], tape.apply(OPS["add"], self.part(tape, read, 2), through, name="z"), name="candidate")
        return (tape.apply(OPS["blend"], update, state[0], candidate, name="h"),)

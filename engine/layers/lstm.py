"""Long short-term memory."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from engine.layers.recurrent import Recurrent, State
from engine.ops import OPS
from engine.tape import Tape, Var


class Lstm(Recurrent):
    """Read a sequence with a cell state that only gates can change, so that a gradient can travel far (Hochreiter and Schmidhuber 1997; Gers et al. 2000).

    The gates stand in the order input, forget, candidate, output, as in PyTorch.
    """

    title: ClassVar[str] = "LSTM"
    gates: ClassVar[int] = 4
    states: ClassVar[tuple[str, ...]] = ("h", "c")
    elsewhere: ClassVar[Mapping[str, str]] = {"torch": "LSTM", "keras": "LSTM"}
    kind: Literal["lstm"] = "lstm"

    def step(self, tape: Tape, weights: Mapping[str, Var], x: Var, state: State) -> State:
        h, c = state
        z = self.weighed(tape, weights, x, h)
        let_in, forget, candidate, let_out = (self._gate(tape, z, number, name) for number, name in enumerate(("input", "forget", "candidate", "output")))
        kept = tape.apply(OPS["multiply"], forget, c, name="kept")
        c = tape.apply(OPS["add"], kept, tape.apply(OPS["multiply"], let_in, candidate, name="new"), name="c")
        return tape.apply(OPS["multiply"], let_out, tape.apply(OPS["tanh"], c, name="tanh c"), name="h"), c

    def _gate(self, tape: Tape, z: Var, number: int, name: str) -> Var:
        with tape.scope(name):
            return tape.apply(OPS["tanh" if name == "candidate" else "sigmoid"], self.part(tape, z, number), name=name)

"""Simple recurrent layer."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from engine.layers.recurrent import Recurrent, State
from engine.ops import OPS
from engine.tape import Tape, Var


class Rnn(Recurrent):
    """Read a sequence one moment at a time: the new hidden state is tanh of what is read and what is carried (Elman 1990)."""

    title: ClassVar[str] = "simple RNN"
    elsewhere: ClassVar[Mapping[str, str]] = {"torch": "RNN", "keras": "SimpleRNN"}
    kind: Literal["rnn"] = "rnn"

    def step(self, tape: Tape, weights: Mapping[str, Var], x: Var, state: State) -> State:
        return (tape.apply(OPS["tanh"], self.weighed(tape, weights, x, state[0]), name="h"),)

"""Forward passes beside the session: predictions, surfaces and losses, in buffers of their own."""

from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from engine.arena import Arena, Rooms
from engine.formula.calls import Array
from engine.network import Network
from engine.pieces import Pieces
from engine.program import Program

KEPT = 4
"""How many batch sizes keep their program."""
PIECE = 2_000_000
"""How many numbers one pass may make; more rows are taken in pieces."""
MILLISECONDS = 4.0
"""How long one pass is predicted to take at the most; more rows are taken in pieces, between which others may compute."""


class Evaluator:
    """Runs a network forward on any inputs, at the parameters of the vector it is given; never touches a session's values.

    Each is read as soon as it has run, so where there are hundreds, as in a class, they are given `rooms` and share the memory of their values.
    """

    def __init__(self, network: Network, parameters: Arena[str], rooms: Rooms | None = None, most: int = PIECE) -> None:
        """With `most`, no pass takes more rows than that."""
        self.rooms = rooms
        self.most = min(most, max(1, PIECE // network.values_of_one))
        self.network = network
        self.parameters = parameters
        self._programs: OrderedDict[int, Program] = OrderedDict()

    def run(self, inputs: Array, targets: Array | None = None) -> Program:
        """The program after a forward pass, and after the loss where there are targets; valid until the next call, of any evaluator with the same rooms."""
        program = self._program(len(inputs))
        program.settle()
        program.batch.views[0][...] = inputs
        program.batch.views[1][...] = 0 if targets is None else targets
        with np.errstate(all="ignore"):
            program.run(0, program.ends["forward"] if targets is None else None)
        return program

    def pieces(self, inputs: Array, targets: Array | None = None) -> Iterator[Program]:
        """The program after a pass over each piece of the rows in turn, so that however many they are they never stand in memory at once."""
        for start in range(0, len(inputs), self.most):
            yield self.run(inputs[start : start + self.most], None if targets is None else targets[start : start + self.most])

    def outcome(self, inputs: Array, targets: Array) -> Pieces[tuple[Array, Array]]:
        """What the network's user sees of each row, (rows, outputs) or (rows, steps, outputs), and each row's loss, (rows,); None after each piece of them."""
        parts = []
        for program in self.pieces(inputs, targets):
            parts.append((self._seen(program), program.value(program.tape.marks["each"])[:, 0].copy()))
            yield
        return np.concatenate([outputs for outputs, _ in parts]), np.concatenate([losses for _, losses in parts])

    def prediction(self, inputs: Array) -> Array:
        """What the network's user sees, (rows, outputs) or (rows, steps, outputs): probabilities where the loss works on logits."""
        return np.concatenate([self._seen(program) for program in self.pieces(inputs)])

    def _seen(self, program: Program) -> Array:
        return squash(self.network, program.value(program.tape.marks["prediction"]))

    def _program(self, batch: int) -> Program:
        if batch not in self._programs:
            self._programs[batch] = Program(self.network.record(batch, training=False), self.parameters, rooms=self.rooms)
        self._programs.move_to_end(batch)
        while len(self._programs) > KEPT:
            self._programs.popitem(last=False)
        return self._programs[batch]


def squash(network: Network, outputs: Array) -> Array:
    """A copy of the outputs as probabilities where the loss works on logits, else as they are."""
    if network.loss.output != "logit":
        return outputs.copy()
    with np.errstate(all="ignore"):
        if network.loss.kind == "categorical_cross_entropy_with_logits":
            share: Array = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
            return np.asarray(share / share.sum(axis=-1, keepdims=True))
        return np.asarray(1 / (1 + np.exp(-outputs)))

"""One example followed through the network: its own values, the gradients arriving at them, and its own share of every weight's gradient.

The backward list is run with the loss's cotangent set to 1 for that example and 0 for the others, at the parameters that the update
started from. Where the example is in the batch, the batch is run with it, so that the bits are the program's own. It goes on to the
inputs, whose gradient training does not compute because nothing learns from it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.arena import Arena
from engine.bugs import Bug
from engine.early import passed_through
from engine.estimate import Estimate, estimated
from engine.pieces import Pieces, ended
from engine.program import Program

if TYPE_CHECKING:
    from engine.session import Session

PASSES = 3
"""Passes forward that following an example takes about as long as."""


@dataclass
class Followed:
    """A finished run for one example: `row` is its place in the program's batch."""

    program: Program
    example: int
    row: int
    in_batch: bool


class Focus:
    """Keeps one scratch program a batch size, and the last run until the session moves on."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.parameters = Arena(session.network.shapes, session.network.dtype)
        self.gradients = Arena(session.network.shapes, session.network.dtype)
        self.through = Arena(session.network.shapes, session.network.dtype)
        self._programs: dict[tuple[int, Bug | None], Program] = {}
        self._last: tuple[object, Followed] | None = None
        self._runs = 0
        self._estimate: tuple[object, Estimate] | None = None

    def follow(self, example: int | None) -> Followed:
        """Run the example (the batch's first where None) and return where its numbers stand."""
        if (known := self._known(example)) is None:
            with np.errstate(all="ignore"):
                known = ended(self.following(example))
            assert known
        return known

    def long(self, example: int | None) -> bool:
        """Whether the example has still to be run, and that takes long."""
        return PASSES * self.session.batches.size > self.session.evaluator.most and self._known(example) is None

    def following(self, example: int | None) -> Pieces[Followed | None]:
        """Run the example in pieces, while the session stands still; given up, with None, where another one is run here meanwhile."""
        session = self.session
        batch = session.batch_examples()
        chosen = session.data.numbered(batch[0] if example is None else example)
        key = (session.focus_key(), chosen)
        inside = chosen in batch
        rows = batch if inside else [chosen]
        program = self.program(len(rows))
        inputs, targets = session.data.rows_of(rows)
        row = rows.index(chosen)
        self._runs += 1
        run = self._runs
        for _ in self._running(program, inputs, targets, row):
            yield
            if run != self._runs:
                return None
        if estimate := self.estimate(rows):
            self.gradients.flat[...] = estimate.gradient(row)
        followed = Followed(program, chosen, row, inside)
        self._last = (key, followed)
        return followed

    def _known(self, example: int | None) -> Followed | None:
        batch = self.session.batch_examples()
        key = (self.session.focus_key(), self.session.data.numbered(batch[0] if example is None else example))
        return self._last[1] if self._last and self._last[0] == key else None

    def each(self, rows: list[int]) -> Program:
        """Run these examples so that row i of every cotangent is example i's own (weights then hold the sum)."""
        self._last = None
        program = self.program(len(rows))
        self.run(program, *self.session.data.rows_of(rows), None)
        return program

    def estimate(self, rows: list[int]) -> Estimate | None:
        """What these examples say of an estimated gradient; None where it comes from backpropagation."""
        if not estimated(self.session):
            return None
        key = (self.session.focus_key(), tuple(rows))
        if self._estimate is None or self._estimate[0] != key:
            self._estimate = key, Estimate(self.session, rows)
        return self._estimate[1]

    def run(self, program: Program, inputs: object, targets: object, row: int | None) -> None:
        """Run a batch forward and back, each turn at the parameters that it was met with: from one example's loss, or from each with weight 1."""
        self._runs += 1
        with np.errstate(all="ignore"):
            ended(self._running(program, inputs, targets, row))

    def _running(self, program: Program, inputs: object, targets: object, row: int | None) -> Pieces[None]:
        program.batch.views[0][...] = inputs
        program.batch.views[1][...] = targets
        program.draw(self.session.shown_update)
        for number, turn in enumerate(program.turns):
            yield from self._ahead(program, number)
            if turn.each in program.cotangents.views:
                yield from _back(program, row, number)

    def load(self, program: Program, inputs: object, targets: object) -> None:
        """Run a batch forward only, at the parameters that the first turn was met with."""
        self._runs += 1
        program.batch.views[0][...] = inputs
        program.batch.views[1][...] = targets
        program.draw(self.session.shown_update)
        with np.errstate(all="ignore"):
            ended(self._ahead(program, 0))

    def _ahead(self, program: Program, number: int) -> Pieces[None]:
        self.stand(number)
        if program.through:
            passed_through(self.session, program.through)
        for instruction in program.instructions:
            if instruction.turn == number and instruction.phase in ("forward", "loss"):
                yield
                for function, arguments in instruction.calls:
                    function(*arguments)

    def stand(self, turn: int) -> None:
        """Put the parameters of the scratch programs where a turn was met with them."""
        np.copyto(self.parameters.flat, self.session.parameters_of(turn))

    def program(self, size: int) -> Program:
        """The scratch program of a batch size, with the bug that the shown numbers were computed with."""
        bug = self.session.computed_with.bug
        if (size, bug) not in self._programs:
            through = self.through if bug and bug.early else None
            tape = self.session.network.record(size)
            self._programs[size, bug] = Program(tape, self.parameters, self.gradients, back_to=("parameter", "input"), bug=bug, through=through)
        return self._programs[size, bug]


def backward(program: Program, row: int | None, number: int = 0) -> None:
    """Run a turn's backward list from the examples' losses on: from one of them, or from each with weight 1."""
    with np.errstate(all="ignore"):
        ended(_back(program, row, number))


def _back(program: Program, row: int | None, number: int) -> Pieces[None]:
    each = program.turns[number].each
    seed = program.cotangents.views[each]
    seed[...] = 1 if row is None else 0
    if row is not None:
        seed[row] = 1
    for instruction in program.instructions:
        if instruction.turn == number and instruction.phase == "backward" and instruction.node is not None and instruction.node <= each:
            yield
            for function, arguments in instruction.calls:
                function(*arguments)

"""Forward passes with one number changed: how every gradient is measured. Nothing here knows of the backward pass.

A trial runs in buffers of its own, at the parameters and on the examples that the shown gradients belong to.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.errors import OutOfReach, UnknownName
from engine.keeping import refuse_kept
from engine.kinks import Kinks, Look, Place
from engine.numeric import central_difference
from engine.op import Index
from engine.ops import OPS
from engine.program import Program
from engine.settings import locate
from engine.tape import Node

if TYPE_CHECKING:
    from engine.session import Session

HEAVY = 20_000_000
"""Parameters × examples above which one example is tried alone, where that is the same."""
SAME = 1e-5
"""How near its loss must then be to what it is within its batch."""


def trials(session: "Session", example: int | None, turn: int = 0) -> "Trials":
    """Trials of one example's loss, or of the batch's objective where `example` is None; an example is tried within its batch, as the program runs it.

    In a game the loss is that of a player's `turn`. Raises OutOfReach before the first update, UnknownName for an example that there is not.
    """
    if session.position == (0, 0):
        raise OutOfReach("there is no gradient yet; run the backward pass of an update first")
    batch = session.batch_examples()
    if example is None:
        return Trials(session, batch, None, turn=turn)
    if session.data.numbered(example) not in batch:
        return Trials(session, [example], example, turn=turn)
    among = Trials(session, batch, example, turn=turn)
    if session.parameter_count * len(batch) <= HEAVY:
        return among
    alone = Trials(session, [example], example, turn=turn)
    return alone if abs(alone.loss - among.loss) <= SAME * abs(among.loss) else among


class Trials:
    """A forward program at a copy of the parameters that the update started from, on `rows` of the data."""

    def __init__(self, session: "Session", rows: list[int], example: int | None, dtype: "np.dtype[Any] | None" = None, *, turn: int = 0) -> None:
        """The loss is that of `example`, or the rows' whole objective where it is None; in the session's own precision, or in `dtype`."""
        network, settings = session.network, session.computed_with
        precision = dtype or network.dtype
        self.rows = rows
        self.example = example
        self.row = rows.index(example) if example is not None else None
        self.eps = float(np.finfo(precision).eps)
        self.parameters = Arena(network.shapes, precision)
        penalties = (settings.l1, settings.l2) if example is None else (0.0, 0.0)
        self.program = Program(network.record(len(rows), *penalties), self.parameters, only=turn)
        self.kinks = Kinks(self.program)
        np.copyto(self.parameters.flat, session.parameters_of(turn))
        inputs, targets = session.data.rows_of(rows)
        self.program.batch.views[0][...] = inputs
        self.program.batch.views[1][...] = targets
        self.program.draw(session.shown_update)
        nodes = self.program.tape.nodes
        self.stops = [i.index for i in self.program.instructions if i.node is not None and nodes[i.node].op is OPS["stop_gradient"]]
        self.loss = self.run(0)

    def run(self, start: int, *, held: bool = False) -> float:
        """Run forward from an instruction on, to the loss: the example's own, or the batch's objective.

        With `held`, what a gradient is stopped at on purpose keeps the value of the last whole run: so the loss depends on nothing by that way.
        """
        with np.errstate(all="ignore"):
            for stop in [stop for stop in self.stops if stop >= start] if held else ():
                self.program.run(start, stop)
                start = stop + 1
            self.program.run(start)
        return float(self.program.value(self.program.root) if self.row is None else self.program.value(self.program.turns[0].each)[self.row, 0])

    def parameter(self, name: str, index: Index) -> "Axis":
        """The axis of one number of a parameter."""
        node = next(node for node in self.program.tape.nodes if node.role == "parameter" and node.name == name)
        return Axis(self, node, index)

    def value(self, number: int, index: Index) -> "Axis":
        """The axis of one value of the followed example, a unit's or an input's; `index` has no batch axis."""
        nodes = self.program.tape.nodes
        known = [node.id for node in nodes if node.role in ("input", "value") and node.id < self.program.turns[0].each]
        shape = nodes[number].shape[1:] if number in known else ()
        if len(index) != len(shape) or any(place >= size for place, size in zip(index, shape, strict=True)):
            raise UnknownName("value", f"{number}[{','.join(map(str, index))}]", [f"{node} of shape {list(nodes[node].shape[1:])}" for node in known])
        if self.row is None:
            raise OutOfReach("a value belongs to one example; name it, such as example=0")
        return Axis(self, nodes[number], (self.row, *index))

    def axis(self, session: "Session", target: str) -> "Axis":
        """The axis of `parameter:2.W[2,3]` or `value:4[3]`; raises UnknownName for anything else."""
        kind, _, rest = target.partition(":")
        if kind == "parameter":
            refuse_kept(rest)
            base, index = locate(session.parameters_arena, rest)
            if not index:
                raise UnknownName("target", rest, f"one number of it, such as {rest}[{','.join('0' * base.ndim)}]")
            return self.parameter(rest.split("[")[0], index)
        if kind == "value" and (match := re.fullmatch(r"(\d{1,6})\[(\d{1,6}(?:,\d{1,6})*)\]", rest)):
            return self.value(int(match[1]), tuple(map(int, match[2].split(","))))
        raise UnknownName("target", target[:60], "parameter:<name>[<index>] and value:<node>[<unit>]")


class Axis:
    """One number of a trial, and the loss as a function of it alone. After each look it stands where it stood.

    Where gradients are stopped on purpose, what they are stopped at is `held`, so that what is measured is what the gradient means; `whole` is the rest too.
    """

    def __init__(self, trials: Trials, node: Node, index: Index) -> None:
        self.trials = trials
        self.node = node
        self.index = index
        trials.run(0)
        self.at = float(trials.program.value(node.id)[index])
        self.eps = trials.eps
        self._array = trials.program.value(node.id)
        instructions = trials.program.instructions
        reads = (i.index for i in instructions if i.node is not None and node.id in trials.program.tape.nodes[i.node].inputs)
        self._first = next(reads, len(instructions))
        self._start = self._array[index].copy()
        self.held = True
        self.loss_here = self.loss(self.at)

    def loss(self, value: float) -> float:
        """The loss of a forward pass with this number set to `value`."""
        with self._set(value):
            return self.trials.run(self._first, held=self.held)

    def whole(self, h: float) -> float:
        """The slope by every way, those too by which no gradient is let back: central differences, from step h on."""
        self.held = False
        try:
            return central_difference(self.loss, self.at, self.eps, h).slope
        finally:
            self.held = True
            self.trials.run(0)

    def look(self, value: float, *, full: bool = False) -> Look:
        """On which side of its joints every value stands in such a pass."""
        return self.tried(value, full=full)[1]

    def tried(self, value: float, *, full: bool = False) -> tuple[float, Look]:
        """Both, from one pass."""
        with self._set(value):
            return self.trials.run(self._first, held=self.held), self.trials.kinks.look(full=full)

    def rounded(self, value: float) -> float:
        """The number that a value becomes when it is stored."""
        return float(self._start.dtype.type(value))

    def crossed(self, h: float) -> set[Place]:
        """The values that pass a kink between h below and h above; nothing where the network has no kinks."""
        if not self.trials.kinks.joints:
            return set()
        return self.trials.kinks.crossed(self.look(self.at - h), self.look(self.at + h))

    @contextmanager
    def _set(self, value: float) -> Iterator[None]:
        self._array[self.index] = value
        try:
            yield
        finally:
            self._array[self.index] = self._start

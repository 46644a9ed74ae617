"""A place of its own for trying things: a program at a copy of the shown batch, noise and parameters, whose calls can be counted and timed."""

from collections.abc import Sequence
from math import isfinite
from statistics import median
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.errors import OutOfReach, TooLarge
from engine.formula import Call
from engine.formula.calls import Array
from engine.operations import operations
from engine.program import Program
from engine.streams import stream

if TYPE_CHECKING:
    from engine.session import Session

MOST = 200_000_000
"""Operations of one forward pass above which nothing is tried."""
SAMPLE = 2000
"""Parameters that are moved; of more, a seeded sample."""
NOT_FINITE = "the loss is not a finite number here, so no slope can be measured; go back to before it stopped being one, or set the weights to smaller numbers"


class Scratch:
    """A program of its own at a copy of the shown batch, noise and parameters, whose calls are counted as they are run."""

    def __init__(self, session: "Session") -> None:
        """Raises TooLarge for a network that cannot be run some hundred times beside others, OutOfReach where its loss or gradient is not finite."""
        network, settings, rows = session.network, session.computed_with, session.batch_examples()
        self.seed, self.update = session.spec.seed, session.shown_update
        self.parameters, gradients = Arena(network.shapes, network.dtype), Arena(network.shapes, network.dtype)
        np.copyto(self.parameters.flat, session.shown_parameters())
        self.program = Program(network.record(len(rows), settings.l1, settings.l2), self.parameters, gradients)
        self.program.batch.views[0][...], self.program.batch.views[1][...] = session.data.rows_of(rows)
        self.program.draw(self.update)
        self.learned = np.concatenate([np.arange(*self.parameters.spans[name]) for name in network.learned])
        self.examples, self.size = len(rows), self.learned.size
        self.ahead = self._calls("forward", "loss")
        self.back = self._calls("backward")
        self.pass_ahead, self.pass_back = operations(self.ahead), operations(self.back)
        if self.pass_ahead > MOST:
            raise TooLarge("The operations of one forward pass", self.pass_ahead, MOST, "take a smaller batch or network, to measure it beside the run")
        run(self.ahead)
        run(self.back)
        self.exact: Array = gradients.flat.astype(np.float64)
        if not (isfinite(self.loss()) and isfinite(length(self.exact))):
            raise OutOfReach(NOT_FINITE)

    def loss(self) -> float:
        """The objective that the last forward pass has left."""
        return float(self.program.value(self.program.root))

    def moved(self, place: int, value: Any) -> float:
        """The objective with one parameter set to a value; the parameter is put back."""
        flat = self.parameters.flat
        own = flat[place]
        flat[place] = value
        run(self.ahead)
        flat[place] = own
        return self.loss()

    def places(self, purpose: str) -> Array:
        """The places of the parameters in a seeded order, or a sample of so many."""
        return stream(self.seed, f"cost {purpose}", self.update).choice(self.learned, min(self.size, SAMPLE), replace=False)

    def _calls(self, *phases: str) -> list[Call]:
        return [call for instruction in self.program.instructions if instruction.phase in phases for call in instruction.calls]


class Stopwatch:
    """Times of equal parts, in seconds as they pass; what they have cost is counted in processor time, which other work on the machine does not lengthen."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.spent = 0.0

    def start(self) -> None:
        """A part begins."""
        self._spent, self._started = thread_time(), perf_counter()

    def stop(self) -> None:
        """The part has ended."""
        self.times.append(perf_counter() - self._started)
        self.spent += thread_time() - self._spent

    @property
    def part(self) -> float:
        """The median of the parts: a part that was interrupted does not count for more than another."""
        return median(self.times)


def run(calls: Sequence[Call]) -> None:
    """Run a list of calls, with numbers that are not finite let through."""
    with np.errstate(all="ignore"):
        for function, arguments in calls:
            function(*arguments)


def length(vector: Any, other: Any = 0.0) -> float:
    """The Euclidean length of a vector, or of its difference to another; infinite where it is too large for a number."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(np.subtract(vector, other)))


def off(estimate: Array, exact: Array) -> float | None:
    """|ĝ − g| / |g|; None of a gradient that is zero."""
    size = length(exact)
    return length(estimate, exact) / size if size else None

"""The update phase: what is done to the gradient before it is applied, and the optimiser's lines over the flat vector."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.bugs import Bug
from engine.clips import Clip
from engine.formula import Call, compile_formula, fold
from engine.formula.calls import Array
from engine.lender import Lender
from engine.optimizers import Line, Optimizer
from engine.turns import Turn

if TYPE_CHECKING:
    from engine.session import Session

CHUNK = 16_384
"""Elements that a line works through at a time, so that what lies between its calls stays near the processor."""


class Update:
    """An optimiser and a clip bound to one parameter vector, with the optimiser's memory: `before` is that memory as the last update found it."""

    def __init__(
        self,
        optimizer: Optimizer,
        clip: Clip | None,
        parameters: Arena[str],
        gradients: Arena[str],
        trained: set[str],
        bug: Bug | None = None,
        turns: tuple[Turn, ...] = (),
        former: "Update | None" = None,
    ) -> None:
        """`former` is the update that was bound before it: what the turns of a game were met with is taken over from it."""
        self.optimizer = optimizer
        self.clip = clip
        self.parameters = parameters.flat
        self.gradients = gradients.flat
        self.applied: Array = np.zeros_like(gradients.flat) if clip else gradients.flat
        dtype: np.dtype[Any] = parameters.flat.dtype
        size = parameters.flat.size
        self.slots = Arena(dict.fromkeys(optimizer.slots, (size,)), dtype)
        self.players = 1 + max((turn.player for turn in turns), default=0)
        self.counters = Arena({_counter(name, player): () for player in range(self.players) for name in optimizer.counters}, dtype)
        self.seen: Array = former.seen.copy() if former else np.zeros((len(turns) if len(turns) > 1 else 0, size), dtype)
        self.counters.flat[...] = 1
        self.before = np.concatenate([self.slots.flat, self.counters.flat])
        self.numbers = {name: np.array(value, dtype) for name, value in {**optimizer.numbers(), "rate": optimizer.rate_at(0)}.items()}
        self.lines = ([Line("applied", clip.formula, "the gradient is clipped")] if clip else []) + list(optimizer.lines)
        self.lines = [bug.line(line) for line in self.lines] if bug else self.lines
        self.vectors = bug.vectors(parameters) if bug else {}
        self.symbols = {**optimizer.symbols, **(clip.symbols if clip else {}), "applied": "<mi>g</mi>"}
        self.trained = trained
        self.runs = _runs(parameters, trained)

    @classmethod
    def of(cls, session: "Session", former: "Update | None") -> "Update":
        """The update that a session's settings ask for, bound to its vectors; `former` is the one until now."""
        settings, network = session.settings, session.network
        vectors = (session.parameters_arena, session.gradients_arena)
        return cls(settings.optimizer, settings.clip, *vectors, network.trained(), settings.bug, network.turns, former)

    def instructions(self, lend: Lender, part: slice = slice(None), *, counted: bool = False, player: int = 0) -> Iterator[tuple[int, Line, list[Call]]]:
        """Each line with its number and its calls, over a stretch of the vectors; without the counters' lines where they are `counted` already.

        Each player of a game has counters of its own.
        """
        vectors = {"w": self.parameters, "g": self.applied, **self.slots.views, **self.vectors}
        values = {**{name: vector[part] for name, vector in vectors.items()}, **self._counts(player), **self.numbers}
        for number, line in enumerate(self.lines):
            lend.start()
            noted = list(self._note(part, player)) if number == 0 and not counted else []
            if line.target == "applied" and self.clip:
                yield number, line, noted + list(self.clip.emit(self.gradients[part], self.applied[part], lend.scratch))
            elif line.target == "w" and self.runs is not None:
                yield number, line, noted + list(self._masked(line, values, part, lend))
            elif not (counted and line.target in self.counters.views):
                yield number, line, noted + list(_in_chunks(line.formula, values[line.target], values, lend.scratch))

    def spelled(self) -> Iterator[tuple[int, Line]]:
        """The lines as a reader follows them, with their numbers: the parts of a line come before it, and it speaks of them by name."""
        for number, line in enumerate(self.lines):
            parts = [part for part in self.optimizer.parts if fold(line.formula, {part.target: part.formula}) != fold(line.formula, {})]
            yield from ((number, part) for part in parts)
            yield number, line._replace(formula=fold(line.formula, {part.target: part.formula for part in parts}))

    def begin(self, update: int) -> None:
        """Set the learning rate of this update."""
        self.numbers["rate"][...] = self.optimizer.rate_at(update)

    def memory(self) -> tuple[Array, Array, Array, Array]:
        """What the optimiser remembers: its slots, its counters, both as the last update found them, and the parameters as each player's turn found them."""
        return self.slots.flat, self.counters.flat, self.before, self.seen

    def _counts(self, player: int) -> dict[str, Array]:
        return {name: self.counters.views[_counter(name, player)] for name in self.optimizer.counters}

    def remembered(self, place: int, player: int = 0, *, before: bool = False) -> dict[str, float]:
        """What the optimiser remembers at one place of the vector, and what it has counted for its player: now, or `before` the last update of that player."""
        size = self.slots.flat.size
        slots, counters = (self.before[:size], self.before[size:]) if before else (self.slots.flat, self.counters.flat)
        found = {name: float(slots[start + place]) for name, (start, _) in self.slots.spans.items()}
        return found | {name: float(counters[self.counters.spans[_counter(name, player)][0]]) for name in self.optimizer.counters}

    def _note(self, part: slice, player: int) -> Iterator[Call]:
        """Keep the memory as it was before the update, in a game that of its player alone, so that the update can be told again."""
        size, rows, counted = self.slots.flat.size, len(self.slots.spans), len(self.optimizer.counters)
        own, counts = (part, slice(player * counted, (player + 1) * counted)) if self.players > 1 else (slice(None), slice(None))
        if size:
            yield np.copyto, (self.before[:size].reshape(rows, -1)[:, own], self.slots.flat.reshape(rows, -1)[:, own])
        if counted:
            yield np.copyto, (self.before[size:][counts], self.counters.flat[counts])

    def _masked(self, line: Line, values: dict[str, Array], part: slice, lend: Lender) -> Iterator[Call]:
        moved = np.zeros_like(self.parameters)
        yield from _in_chunks(line.formula, moved[part], values, lend.scratch)
        first, last, _ = part.indices(moved.size)
        for start, stop in self.runs or ():
            if first <= start and stop <= last:
                yield np.copyto, (self.parameters[start:stop], moved[start:stop])


def _counter(name: str, player: int) -> str:
    """A counter's name among those of all players."""
    return f"{name} {player}" if player else name


def _in_chunks(formula: str, out: Array, values: dict[str, Array], scratch: Callable[..., Array]) -> Iterator[Call]:
    """The calls of a formula over a long vector, a stretch of it at a time; every number is the one that a single pass gives."""
    if out.ndim == 0:
        yield from compile_formula(formula, out, values, scratch)
        return
    spare: list[Array] = []
    for start in range(0, max(out.size, 1), CHUNK):
        part = slice(start, start + CHUNK)
        lent = iter(list(spare))

        def lend(shape: tuple[int, ...], dtype: Any = None, lent: Iterator[Array] = lent) -> Array:
            whole = next(lent, None)
            if whole is None:
                spare.append(scratch(shape, dtype))
                return spare[-1]
            return whole[: shape[0]] if shape else whole

        here = {name: array[part] if array.shape == out.shape else array for name, array in values.items()}
        yield from compile_formula(formula, out[part], here, lend)


def _runs(parameters: Arena[str], trained: set[str]) -> list[tuple[int, int]] | None:
    """The stretches of the flat vector that may change, or None where all of it may."""
    if trained == set(parameters.spans):
        return None
    return [span for name, span in parameters.spans.items() if name in trained]

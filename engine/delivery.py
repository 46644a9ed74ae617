"""Promise and delivery: what the gradient said that an update would do to the loss, what it did, and the loss along its step.

With the weights w before an update, the gradient g there and the step Δ that was really taken, g·Δ is the promise: the change that a
straight line foretells. The delivery is the change of the objective that forward passes measure, on the same batch.
"""

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.formula.calls import Array
from engine.network import Network
from engine.plain import plain
from engine.position import Position
from engine.program import Program
from engine.settings import Settings
from engine.twin import at_update_phase, twin
from engine.verdict import RULE, Verdict, verdict

if TYPE_CHECKING:
    from engine.session import Session

MOST = 50_000_000
"""Parameters × examples of a batch up to which the loss along a step is measured."""
POINTS = 41
"""Points of the curve, from no step at all to twice the step."""

NONE_YET = "No update has been made yet: nothing is promised."
AHEAD = "What the step promises is known as soon as the gradient is."
CHANGED = "A parameter was set by hand between this update's own lines, so its gradient promises nothing for its step."
PLAYERS = "Each player’s step changes the other’s loss too, so neither gradient can promise what an update does."
FORGOTTEN = "A parameter was set by hand after this update, and working the update out again would take too long. The next one is measured."
HEAVY = f"Too large to measure beside the run: more than {MOST:,} parameters × examples. A smaller batch is measured."


@dataclass(frozen=True)
class Move:
    """The step of one update: the weights before and after it, the gradient before it. `taken` where the program has really made it."""

    update: int
    taken: bool
    before: Array
    gradient: Array
    after: Array
    settings: Settings
    """The settings that the gradient was computed with."""


class Objective:
    """The objective of a batch as a function of the weights: forward passes in float64, in a program of their own."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._program: Program | None = None
        self._key: object = None

    def of(self, update: int, block: Array, size: int, settings: Settings) -> Program:
        """The program for an update's batch, given as one vector of inputs and targets, with that update's noise, under the penalties of these settings."""
        key = (size, settings.l1, settings.l2)
        if self._program is None or key != self._key:
            parameters = Arena(self.network.shapes, np.dtype(np.float64))
            self._program, self._key = Program(self.network.record(*key), parameters), key
        self._program.batch.flat[...] = block
        self._program.draw(update)
        return self._program


def delivery(session: "Session", *, curve: bool = False) -> dict[str, Any]:
    """The update that the session has just finished, or the one it stands in, as far as it is known; with `curve` the loss all along the step."""
    ended = session.position.instruction == 0 and session.position.update > 0
    answer: dict[str, Any] = {
        "update": session.position.update - ended, "when": "unknown", "promised": None, "delivered": None, "share": None, "before": None, "after": None,
        "verdict": None, "sentence": "", "rule": RULE, "examples": len(session.batch_examples()), "rate": None, "curve": None,
    }  # fmt: skip
    if session.parameter_count * answer["examples"] > MOST:
        return {**answer, "when": "heavy", "sentence": HEAVY}
    made = move(session)
    if isinstance(made, str):
        return {**answer, "sentence": made}
    return {**answer, **_measured(session, made, curve=curve)}


def move(session: "Session") -> Move | str:
    """The step, as taken or as it is going to be; or a sentence that says why there is none to speak of."""
    if len(session.network.turns) > 1:
        return PLAYERS
    update, instruction = session.position
    first = session.program.ends["backward"]
    if instruction == 0 and update == 0:
        return NONE_YET
    if 0 < instruction < first:
        return AHEAD
    number = update - (instruction == 0)
    edits = [each.position for each in session.timeline.log.commands if each.edits and Position(number, 0) < each.position <= session.position]
    begins = [phase for phase, _ in session.layout(number)].index("update")
    if any(place.update == number and place.instruction > begins for place in edits):
        return CHANGED
    if any(place.update > number for place in edits):
        return _again(session, number)
    if instruction == 0:
        arrays = (session.update_start, session.gradients_arena.flat, session.parameters_arena.flat)
        return Move(number, True, *arrays, session.computed_with)
    other = twin(session)
    program = other.programs[len(session.batches.examples(number))]
    _finish(program, instruction)
    return Move(number, False, session.update_start, session.gradients_arena.flat, other.parameters_arena.flat, session.computed_with)


def _again(session: "Session", number: int) -> Move | str:
    """The step of an update after which something was set by hand, worked out again."""
    found = at_update_phase(session, number)
    if found is None:
        return FORGOTTEN
    machine, program = found
    _finish(program, program.ends["backward"])
    return Move(number, True, machine.update_start, machine.gradients_arena.flat, machine.parameters_arena.flat, machine.computed_with)


def _finish(program: Program, instruction: int) -> None:
    """Run what is left of an update, and nothing else: what was changed by hand after it is not repeated."""
    with np.errstate(all="ignore"):
        program.run(instruction)


def _measured(session: "Session", made: Move, *, curve: bool) -> dict[str, Any]:
    epoch, place = divmod(made.update, session.batches.per_epoch)
    block = session.batches.blocks(epoch)[place]
    program = session.objective.of(made.update, block, len(session.batches.examples(made.update)), made.settings)
    before, after = made.before.astype(np.float64), made.after.astype(np.float64)
    with np.errstate(all="ignore"):
        step = after - before
        promised = float(made.gradient.astype(np.float64).dot(step))

    def loss(t: float) -> float:
        with np.errstate(all="ignore"):
            np.copyto(program.parameters.flat, after if t == 1 else before + t * step)
            program.run(0, program.ends["loss"])
        return float(program.value(program.root))

    start, half, full, double = (loss(t) for t in (0.0, 0.5, 1.0, 2.0))
    source = "gradient" if made.settings.gradient.kind == "backpropagation" else "estimated gradient"
    said: Verdict = verdict(promised, start, half, full, double, taken=made.taken, source=source)
    return {
        "when": "done" if made.taken else "ahead",
        "promised": plain(promised),
        "delivered": plain(full - start),
        "share": plain((full - start) / promised) if promised and isfinite(promised) else None,
        "before": plain(start),
        "after": plain(full),
        "verdict": said.name,
        "sentence": said.sentence,
        "rate": session.timeline.settings_at(Position(made.update + 1, -1)).optimizer.rate_at(made.update),
        "curve": {"t": ts, "loss": [plain(loss(t)) for t in ts]} if curve and (ts := np.linspace(0, 2, POINTS).tolist()) else None,
    }

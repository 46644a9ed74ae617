"""What is known of one update at one weight: its numbers as the update phase begins, and what the lines that have run made of them.

Before the update phase these are the session's own numbers. Once it has begun, the optimiser's memory has moved on; it is won back by
replaying from a snapshot in a twin, or not at all where that would take too long.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.formula.calls import Array
from engine.position import Position
from engine.twin import MOST_UPDATES, MOST_WORK, at_update_phase, carry_out, changed_between
from engine.update import Update

if TYPE_CHECKING:
    from engine.session import Session

FORGOTTEN = (
    f"What the optimiser remembered before this update is not kept, and to work it out again would take more than {MOST_UPDATES} updates "
    f"or {MOST_WORK:,} parameters × examples. Step back into this update, and its lines are laid open."
)
CHANGED = "Something was changed by hand between this update's own lines, so they do not follow from one another. The next update is laid open again."

INTERLEAVED = "A bug has each layer stepped in the middle of the backward pass, so this update has no phase of its own that could be laid open."


@dataclass
class Scene:
    """`numbers` are what the lines read: w, g, rate, slots, counters, fields; `clipping` what the clip reads beside g; `written` what ran."""

    number: int
    update: Update
    numbers: dict[str, float]
    clipping: dict[str, float]
    written: list[float]
    known: bool


def scene(session: "Session", place: int, gradient_at: int | None) -> Scene | str:
    """The scene at one place of the flat vector, whose gradient instruction `gradient_at` completes; or a sentence that says why there is none."""
    update, instruction = session.position
    ended = instruction == 0 and update > 0
    if any(settings.bug is not None and settings.bug.early for settings in (session.settings, session.computed_with)):
        return INTERLEAVED
    first = session.program.ends["backward"]
    if ended or instruction > first:
        return _under_way(session, place, update - ended, None if ended else instruction - first)
    known = gradient_at is not None and gradient_at < instruction and (session.settings.clip is None or not session.settings.clip.whole or instruction == first)
    return _opened(session, place, update, session.parameters_arena.flat, known=known)


def _under_way(session: "Session", place: int, number: int, ran: int | None) -> Scene | str:
    """Where `ran` lines have run, or None for all of them."""
    memoryless = not session.settings.optimizer.slots and not session.settings.optimizer.counters
    if memoryless and not changed_between(session, Position(number, 0), session.position):
        opened = _opened(session, place, number, session.update_start, known=True)
        lines = session.update.lines[:ran]
        opened.written = [written(session.update, line.target, place) for line in lines]
        return opened
    found = at_update_phase(session, number)
    if found is None:
        return FORGOTTEN
    machine, program = found
    lines = machine.update.lines[:ran]
    end = Position(number, program.ends["backward"] + len(lines) - (ran is None))
    if changed_between(session, machine.position, end):
        return CHANGED
    opened = _opened(machine, place, number, machine.parameters_arena.flat, known=True)
    for index, line in enumerate(lines):
        carry_out(program, index)
        opened.written.append(written(machine.update, line.target, place))
    return opened


def _opened(session: "Session", place: int, number: int, parameters: Array, *, known: bool) -> Scene:
    update = session.update
    numbers = {name: float(value) for name, value in update.numbers.items()}
    numbers |= {"w": float(parameters[place]), "g": float(update.gradients[place]), "rate": float(parameters.dtype.type(update.optimizer.rate_at(number)))}
    numbers |= {name: float(view[place]) for name, view in update.slots.views.items()}
    numbers |= {name: float(view) for name, view in update.counters.views.items()}
    numbers |= {name: float(vector[place]) for name, vector in update.vectors.items()}
    return Scene(number, update, numbers, update.clip.numbers(update.gradients) if update.clip else {}, [], known)


def written(update: Update, target: str, place: int) -> float:
    """What a line's target holds at one place."""
    if target in update.counters.views:
        return float(update.counters.views[target])
    return float({"w": update.parameters, "applied": update.applied, **update.slots.views}[target][place])

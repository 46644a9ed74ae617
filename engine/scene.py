"""What is known of one update at one weight: its numbers as the update phase begins, and what the lines that have run made of them.

Before the update phase these are the session's own numbers; once it has begun, those that the update kept of its beginning. Where
something was changed by hand since, they are won back by replaying from a snapshot in a twin, or not at all where that would take too long.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.formula.calls import Array
from engine.position import Position
from engine.program import Program
from engine.twin import MOST_UPDATES, MOST_WORK, at_update_phase, changed_between
from engine.update import Update

if TYPE_CHECKING:
    from engine.session import Session

FORGOTTEN = (
    f"Something was changed by hand since this update, and to work it out again would take more than {MOST_UPDATES} updates "
    f"or {MOST_WORK:,} parameters × examples. The next update is laid open again."
)
CHANGED = "Something was changed by hand between this update's own lines, so they do not follow from one another. The next update is laid open again."


@dataclass
class Scene:
    """`numbers` are what the lines read: w, g, rate, slots, counters, fields; `clipping` what the clip reads beside g.

    `steps` are the instructions that run the lines for this weight, and `written` is what those that have run left behind, by line.
    """

    number: int
    update: Update
    numbers: dict[str, float]
    clipping: dict[str, float]
    steps: list[int]
    written: dict[int, float]
    known: bool


def scene(session: "Session", name: str, place: int) -> Scene | str:
    """The scene of a parameter at one place of the flat vector; or a sentence that says why there is none."""
    update, instruction = session.position
    number = session.shown_update
    if update == 0 and instruction == 0:
        return _seen(session, session.program, name, place, number, 0)
    done = instruction or len(session.layout(number))
    begins = Position(number, [phase for phase, _ in session.layout(number)].index("update"))
    if not changed_between(session, begins, session.position):
        return _seen(session, session.program, name, place, number, done)
    found = at_update_phase(session, number)
    if found is None:
        return FORGOTTEN
    machine, program = found
    if changed_between(session, begins, Position(number, min(done, len(program.instructions) - 1))):
        return CHANGED
    with np.errstate(all="ignore"):
        program.run(program.ends["backward"], done)
    return _seen(machine, program, name, place, number, done)


def _seen(session: "Session", program: Program, name: str, place: int, number: int, done: int) -> Scene:
    """What there is to see once `done` instructions of an update have run."""
    update = session.update
    node = next(node for node in program.tape.nodes if node.name == name and node.role == "parameter")
    steps = {i.line: i.index for i in program.instructions if i.phase == "update"}
    steps |= {i.line: i.index for i in program.instructions if i.phase == "update" and i.layer in (None, node.layer)}
    ordered = [steps[line] for line in range(len(update.lines))]
    computed = max((i.index for i in program.instructions if (node.id, "gradient") in i.computes), default=done)
    begun = any(i.phase == "update" for i in program.instructions[:done])
    memory = update.before if begun else np.concatenate([update.slots.flat, update.counters.flat])
    alone = not any(i.phase == "update" and i.layer is None for i in program.instructions)
    return Scene(
        number,
        update,
        _numbers(update, place, number, session.update_start if begun else update.parameters, memory),
        update.clip.numbers(_part(session, node.layer) if alone else update.gradients) if update.clip else {},
        ordered,
        {line: written(update, update.lines[line].target, place) for line, index in enumerate(ordered) if index < done},
        known=computed < done and (not (update.clip and update.clip.whole) or ordered[0] <= done),
    )


def _numbers(update: Update, place: int, number: int, parameters: Array, memory: Array) -> dict[str, float]:
    """The numbers of one place, from the parameters and the optimiser's memory as the update finds them."""
    numbers = {name: float(value) for name, value in update.numbers.items()}
    numbers |= {"w": float(parameters[place]), "g": float(update.gradients[place]), "rate": float(parameters.dtype.type(update.optimizer.rate_at(number)))}
    numbers |= {name: float(memory[start + place]) for name, (start, _) in update.slots.spans.items()}
    numbers |= {name: float(memory[update.slots.flat.size + start]) for name, (start, _) in update.counters.spans.items()}
    return numbers | {name: float(vector[place]) for name, vector in update.vectors.items()}


def _part(session: "Session", layer: int | None) -> Array:
    """The gradients of one layer, where layers are stepped one by one."""
    spans = [span for name, span in session.gradients_arena.spans.items() if name.startswith(f"{layer}.")]
    return session.gradients_arena.flat[min(spans)[0] : max(spans)[1]]


def written(update: Update, target: str, place: int) -> float:
    """What a line's target holds at one place."""
    if target in update.counters.views:
        return float(update.counters.views[target])
    return float({"w": update.parameters, "applied": update.applied, **update.slots.views}[target][place])

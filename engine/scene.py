"""What is known of one update at one weight: its numbers as the update phase begins, and what the lines that have run made of them.

Before the update phase these are the session's own numbers; once it has begun, those that the update kept of its beginning. Where
something was changed by hand since, they are won back by replaying from a snapshot in a twin, or not at all where that would take too long.
In a game an update phase is a turn's, and what is kept of its beginning is its player's own.
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

    `turn` is the number of the turn, `steps` are the instructions that run the lines for this weight there, and `written` is what those that
    have run left behind, by line.
    """

    number: int
    turn: int
    update: Update
    numbers: dict[str, float]
    clipping: dict[str, float]
    steps: list[int]
    written: dict[int, float]
    known: bool


def scene(session: "Session", name: str, place: int, turn: int) -> Scene | str:
    """The scene of a parameter at one place of the flat vector, in a turn of its player; or a sentence that says why there is none."""
    update, instruction = session.position
    number, program = session.shown_update, session.program
    done = instruction or (len(program.instructions) if update else 0)
    applies = _phase(program, turn)
    begins = min(i.index for i in program.instructions if i.turn == turn) or applies[0]
    if done <= applies[0] or not changed_between(session, Position(number, begins), session.position):
        return _seen(session, program, name, place, number, done, turn)
    found = at_update_phase(session, number, turn)
    if found is None:
        return FORGOTTEN
    machine, program = found
    applies = _phase(program, turn)
    done = min(instruction or len(program.instructions), applies[-1] + 1)
    if changed_between(session, Position(number, applies[0]), Position(number, min(done, applies[-1]))):
        return CHANGED
    for began in machine.update.seen[turn : turn + 1]:
        np.copyto(began, machine.parameters_arena.flat)
    with np.errstate(all="ignore"):
        program.run(program.backward_ends(turn), done)
    return _seen(machine, program, name, place, number, done, turn)


def _phase(program: Program, turn: int) -> list[int]:
    """The instructions of a turn's update phase."""
    return [i.index for i in program.instructions if i.turn == turn and i.phase == "update"]


def _seen(session: "Session", program: Program, name: str, place: int, number: int, done: int, turn: int) -> Scene:
    """What there is to see once `done` instructions of an update have run."""
    update, own = session.update, program.turns[turn]
    node = next(node for node in program.tape.nodes if node.name == name and node.role == "parameter")
    phase = [program.instructions[index] for index in _phase(program, turn)]
    steps = {i.line: i.index for i in phase}
    steps |= {i.line: i.index for i in phase if i.layer in (None, node.layer)}
    ordered = [steps[line] for line in range(len(update.lines))]
    computed = max((i.index for i in program.instructions if i.turn == turn and (node.id, "gradient") in i.computes), default=done)
    begun = phase[0].index < done
    alone = all(i.layer is not None for i in phase)
    began = update.seen[turn] if len(update.seen) else session.update_start
    return Scene(
        number,
        turn,
        update,
        _numbers(update, place, number, began if begun else update.parameters, update.remembered(place, own.player, before=begun)),
        update.clip.numbers(_part(session, node.layer) if alone else update.gradients[program.stretch(own)]) if update.clip else {},
        ordered,
        {line: written(update, update.lines[line].target, place, own.player) for line, index in enumerate(ordered) if index < done},
        known=computed < done and (not (update.clip and update.clip.whole) or ordered[0] <= done),
    )


def _numbers(update: Update, place: int, number: int, parameters: Array, memory: dict[str, float]) -> dict[str, float]:
    """The numbers of one place, from the parameters and the optimiser's memory as the update finds them."""
    numbers = {name: float(value) for name, value in update.numbers.items()}
    numbers |= {"w": float(parameters[place]), "g": float(update.gradients[place]), "rate": float(parameters.dtype.type(update.optimizer.rate_at(number)))}
    return numbers | memory | {name: float(vector[place]) for name, vector in update.vectors.items()}


def _part(session: "Session", layer: int | None) -> Array:
    """The gradients of one layer, where layers are stepped one by one."""
    spans = [span for name, span in session.gradients_arena.spans.items() if name.startswith(f"{layer}.")]
    return session.gradients_arena.flat[min(spans)[0] : max(spans)[1]]


def written(update: Update, target: str, place: int, player: int = 0) -> float:
    """What a line's target holds at one place; a counter's is its player's."""
    remembered = update.remembered(place, player)
    return remembered[target] if target in remembered else float({"w": update.parameters, "applied": update.applied}[target][place])

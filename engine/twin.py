"""A copy of a session that can be moved while the session stands still: for readings of what its buffers hold no longer, or not yet."""

from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from engine.arena import Arena
from engine.position import Position

if TYPE_CHECKING:
    from engine.program import Program
    from engine.session import Session

MOST_UPDATES = 600
"""Updates that a reading replays at the most."""
MOST_WORK = 50_000_000
"""Parameters × examples × updates that a reading replays at the most."""
CACHED = ("evaluator", "focus", "symbols", "through")


def twin(session: "Session") -> "Session":
    """A second session at the same position with the same numbers: it shares what never changes, and its past; it has no future of its own yet."""
    made = copy(session)
    for name in {*CACHED} & {*made.__dict__}:
        del made.__dict__[name]
    made.parameters_arena = Arena(session.network.shapes, session.network.dtype)
    made.gradients_arena = Arena(session.network.shapes, session.network.dtype)
    made.update_start, made.last_change = session.update_start.copy(), session.last_change.copy()
    made.batches = copy(session.batches)
    made.branches = copy(session.branches)
    made.branches.current = session.timeline.fork(session.timeline.number, session.position)
    made.layouts = dict(session.layouts)
    made._twin = None
    made.programs = {}
    made._rebuild()
    for own, others in zip(made._state(), session._state(), strict=True):
        np.copyto(own, others)
    for name, value in session.update.numbers.items():
        np.copyto(made.update.numbers[name], value)
    return made


def rewound(session: "Session", update: int, ahead: int = 1) -> "Session | None":
    """A twin at the beginning of an update, after the commands given there, to be run `ahead` updates; None where it lies too far from what is kept."""
    goal = Position(update, 0)
    start = session.snapshots.before(goal)
    if start is None or too_far(session, update - start.position.update + ahead):
        return None
    made = twin(session)
    made._restore(start)
    made.run(goal, tap=())
    return made


def changed_between(session: "Session", after: Position, until: Position) -> bool:
    """Whether anything was changed by hand later than `after` and not later than `until`."""
    return bool(session.timeline.log.after(after, until))


def too_far(session: "Session", updates: int) -> bool:
    """Whether so many updates are too many to replay for one reading."""
    return updates > MOST_UPDATES or updates * session.parameter_count * session.batches.size > MOST_WORK


def at_update_phase(session: "Session", update: int, turn: int = 0) -> "tuple[Session, Program] | None":
    """A twin with the backward pass of an update, or of a player's turn in it, done, and the program it is in; what is left of that is what applies it."""
    made = rewound(session, update)
    if made is None:
        return None
    program = made.programs[len(made.batches.examples(update))]
    made.run(Position(update, program.backward_ends(turn)), tap=())
    return made, program

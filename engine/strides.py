"""The step that an update has made, against the one that its optimiser asks for at the true gradient: a check of the update itself.

The update is told again beside the session, from the same parameters, memory and batch, by a program that makes no mistake.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.formula.calls import Array
from engine.plain import plain
from engine.position import Position
from engine.rehearsal import Rehearsal
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

EXACT = 1e-9
"""How far a step may be off, as a share of its parameter's largest, beside a few roundings of the parameter itself."""
CONSTANT = 1e-3
"""How far the ratios to the asked steps may spread and still be told as one factor."""
NAMED = 3
"""Parameters that the sentence names; the list has all of them."""


def strides(session: "Session") -> dict[str, Any] | None:
    """What is wrong with the last update's steps; None in the middle of an update, after a change by hand, or where a new optimiser has begun."""
    update, instruction = session.position
    if instruction or not update or len(session.network.turns) > 1 or session.timeline.log.after(Position(update - 1, 0), session.position):
        return None
    asked = Rehearsal(session, broken=False)
    if not asked.remembered:
        return None
    wrong = []
    for name, start in asked.begun.views.items():
        fault = _fault(name, start, session.parameters_arena.views[name], asked.parameters.views[name])
        wrong += [fault] if fault else []
    return {"ok": not wrong, "wrong": wrong, "short": _short(wrong), "sentence": _sentence(wrong)}


@np.errstate(all="ignore")
def _fault(name: str, start: Array, now: Array, asked: Array) -> dict[str, Any] | None:
    """One parameter's step, where it is not the asked one."""
    made, due = now - start, asked - start
    rounding = float(np.abs(start).max() * np.finfo(start.dtype).eps)
    largest = float(np.abs(due).max())
    allowed = EXACT * largest + 8 * rounding
    gap = float(np.abs(made - due).max())
    if gap <= allowed:
        return None
    clear = np.abs(due) > max(100 * allowed, CONSTANT * largest)
    ratios = made[clear] / due[clear]
    middle = float(np.median(ratios)) if ratios.size else 0.0
    ratio = middle if ratios.size and np.abs(ratios - middle).max() <= CONSTANT * abs(middle) else None
    return {"name": name, "ratio": ratio, "relative_error": plain(gap / largest) if largest else None, "says": _words(ratio, gap, largest)}


def _words(ratio: float | None, gap: float, largest: float) -> str:
    if not np.isfinite(gap):
        return "not a finite number"
    if not largest:
        return "moved, though no step is asked for"
    if ratio is not None and abs(ratio + 1) <= CONSTANT:
        return "the other way"
    return f"{figure(ratio)} times" if ratio is not None else f"off by up to {_percent(gap / largest)}"


def _percent(share: float) -> str:
    return f"{figure(100 * share, 2)} %" if share < 1 else f"{100 * share:,.0f} %"


def _short(wrong: list[dict[str, Any]]) -> str:
    """A line for the badge."""
    if len(wrong) == 1:
        return f"step of {wrong[0]['name']}: {wrong[0]['says']}"
    names = ", ".join(fault["name"] for fault in wrong[:NAMED])
    return f"steps wrong: {names}" + (f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else "") if wrong else ""


def _sentence(wrong: list[dict[str, Any]]) -> str:
    if not wrong:
        return "the step is what the optimiser asks for"
    if len(wrong) == 1 and wrong[0]["ratio"] is not None and wrong[0]["ratio"] > 0:
        return f"the step of {wrong[0]['name']} is {wrong[0]['says']} what the optimiser asks for"
    named = [f"{fault['name']} ({fault['says']})" for fault in wrong[:NAMED]]
    rest = f"{len(wrong) - NAMED} more" if len(wrong) > NAMED else named.pop() if len(named) > 1 else ""
    listed = f"{', '.join(named)}{' and ' if rest else ''}{rest}"
    return f"the step{'s' if len(wrong) > 1 else ''} of {listed} {'are' if len(wrong) > 1 else 'is'} not what the optimiser asks for"

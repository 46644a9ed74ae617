"""Where the units of stepping end: op, layer, pass, batch, epoch."""

from typing import TYPE_CHECKING, Literal

from engine.errors import OutOfReach
from engine.position import Position
from engine.program import Instruction

if TYPE_CHECKING:
    from engine.session import Session

Unit = Literal["op", "layer", "pass", "batch", "epoch"]


def boundary(session: "Session", unit: Unit, count: int) -> Position:
    """The `count`-th boundary of a unit strictly after the position, or before it for a negative count.

    Raises OutOfReach for a count of 0 and for a boundary before the first update.
    """
    if count == 0:
        raise OutOfReach("a step of 0 goes nowhere; give a count of at least 1, or of at most −1 to go back")
    update, instruction = session.position
    stops = _stops(session.program.instructions, unit)
    if unit == "epoch":
        per = session.batches.per_epoch
        done = update + (instruction > 0)
        target = (update // per + count) * per if count > 0 else (-(-done // per) + count) * per
        place = 0
    else:
        here = sum(stop <= instruction for stop in stops) - 1 if count > 0 else sum(stop < instruction for stop in stops)
        target, place = divmod(here + count, len(stops))
        target, place = update + target, stops[place]
    if target < 0:
        raise OutOfReach("this is the beginning; there is nothing before update 0")
    return Position(target, place)


def _stops(instructions: list[Instruction], unit: Unit) -> list[int]:
    """The instruction indices at which a unit begins, the first being 0."""
    if unit == "op":
        return list(range(len(instructions)))
    if unit in ("batch", "epoch"):
        return [0]
    stops = [0]
    for before, after in zip(instructions, instructions[1:], strict=False):
        if before.phase != after.phase or (unit == "layer" and before.layer != after.layer and after.phase in ("forward", "backward")):
            stops.append(after.index)
    return stops

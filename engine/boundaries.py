"""Where the units of stepping end: op, layer, pass, batch, epoch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from engine.errors import OutOfReach
from engine.position import Position

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
    if unit == "epoch":
        per = session.batches.per_epoch
        done = update + (instruction > 0)
        target = Position((update // per + count) * per if count > 0 else (-(-done // per) + count) * per, 0)
    elif unit == "batch":
        target = Position(update + count + (count < 0 < instruction), 0)
    else:
        target = _within(session, unit, count)
    if target.update < 0:
        raise OutOfReach("this is the beginning; there is nothing before update 0")
    return target


def _within(session: "Session", unit: Unit, count: int) -> Position:
    """The same for a unit that ends within an update; updates need not all have the same instructions."""
    update, instruction = session.position
    stops = _stops(session.layout(update), unit)
    place = count + (sum(stop <= instruction for stop in stops) - 1 if count > 0 else sum(stop < instruction for stop in stops))
    while place >= len(stops):
        place -= len(stops)
        update += 1
        stops = _stops(session.layout(update), unit)
    while place < 0:
        update -= 1
        if update < 0:
            break
        stops = _stops(session.layout(update), unit)
        place += len(stops)
    return Position(update, stops[place] if update >= 0 else 0)


def _stops(layout: Sequence[tuple[str, int | None]], unit: Unit) -> list[int]:
    """The instruction indices at which a unit begins, the first being 0."""
    if unit == "op":
        return list(range(len(layout)))
    stops = [0]
    for index, ((before, layer), (phase, next_layer)) in enumerate(zip(layout, layout[1:], strict=False), 1):
        if before != phase or (unit == "layer" and layer != next_layer and phase in ("forward", "backward")):
            stops.append(index)
    return stops

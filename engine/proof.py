"""A gradient's check laid open: the two forward passes of a central difference for every step h, and how far off each leaves the slope.

Two errors pull apart: what the curve bends within the step falls with h², what the rounding of the two losses costs grows as h shrinks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Any

from engine.checks import gradient_at, kink_json, verdict
from engine.errors import OutOfReach
from engine.estimate import estimated
from engine.kinks import Kink, Look
from engine.trials import Axis, trials
from engine.turns import turn_at

if TYPE_CHECKING:
    from engine.session import Session

SMALLEST, LARGEST = -15, 0
"""The powers of ten between which h lies."""
FINE = ((10_000_000, 4), (50_000_000, 2), (10**18, 1))
"""Up to so many parameters × examples, so many steps to each power of ten."""
WIDER = (1, 2, 4, 8)
"""How much further out the third derivative is looked for, where nearer by it drowns in round-off."""
BOTTOM = 2
"""Neighbours on each side that must be as good for a step to be called the best: one lucky rounding is none."""


@dataclass(frozen=True)
class Valley:
    """What theory says of the error of a central difference: `bend` h² from the third derivative, `rounding` / h from the precision."""

    third: float | None
    bend: float | None
    rounding: float
    h: float | None


def proof(session: "Session", target: str, example: int | None, h: float | None = None) -> Iterator[dict[str, Any] | None]:
    """Measure the slope at one weight, bias, value or input with every h from 1e-15 to 1, and with the one that is asked for.

    Yields None after each step and the answer at the end; raises UnknownName for an unknown target, OutOfReach before the first update.
    """
    if h is not None and not 10.0**SMALLEST <= h <= 10.0**LARGEST:
        raise OutOfReach(f"h lies between 1e{SMALLEST} and 1, and {h:g} was asked for")
    tried = trials(session, example, turn_at(session, target))
    axis = tried.axis(session, target)
    gradient = gradient_at(session, axis, example)
    check = verdict(session, axis, gradient)
    exact = gradient is not None and not (axis.node.role == "parameter" and estimated(session))
    against = gradient if gradient is not None and exact else check["difference"]
    work = session.parameter_count * len(tried.rows)
    fine = next(steps for limit, steps in FINE if work <= limit)
    valley = _valley(axis, against)
    here = axis.tried(axis.at, full=True)[1]
    yield None
    sweep = []
    for place in range((LARGEST - SMALLEST) * fine + 1):
        sweep.append(_point(session, axis, float(f"{10 ** (SMALLEST + place / fine):.4g}"), against, valley, here))
        yield None
    known = [point["error"] for point in sweep]
    yield {
        "kind": "proof",
        "target": target,
        "example": example,
        "at": axis.at,
        "loss": axis.loss_here,
        "gradient": gradient,
        "against": "backpropagation" if exact else "measurement",
        "relative": bool(against),
        "precision": session.network.dtype.name,
        "sweep": sweep,
        "best": _best(known),
        "theory": vars(valley),
        "chosen": _point(session, axis, h, against, valley, here) if h is not None else None,
        "check": check,
        "sentence": check["sentence"],
    }


def _point(session: "Session", axis: Axis, h: float, against: float, valley: Valley, here: Look) -> dict[str, Any]:
    """One step: both losses, the slopes between them and on each side, and how far off the first is."""
    kinks = axis.trials.kinks
    (below, low), (above, high) = axis.tried(axis.at - h, full=True), axis.tried(axis.at + h, full=True)
    crossed = [kinks.kink(place, low, here, high) for place in sorted(kinks.crossed(low, high))] if kinks.joints else []
    slope = (above - below) / (2 * h)
    gap = abs(slope - against)
    return {
        "h": h,
        "below": below,
        "above": above,
        "slope": slope,
        "left": (axis.loss_here - below) / h,
        "right": (above - axis.loss_here) / h,
        "error": gap / abs(against) if against else gap,
        "kinks": len(crossed),
        "kink": kink_json(session, crossed[0]) if crossed else None,
        "sentence": _regime(axis, h, below, above, valley, crossed),
    }


def _regime(axis: Axis, h: float, below: float, above: float, valley: Valley, crossed: list[Kink]) -> str:
    """What spoils this step, in words."""
    if not (isfinite(below) and isfinite(above)):
        return "A loss is not a finite number here, so nothing can be measured."
    if axis.rounded(axis.at + h) == axis.at or axis.rounded(axis.at - h) == axis.at:
        return "Too small: this number is stored to the same digits with h added, so nothing moves."
    if crossed:
        where = "exactly here" if any(kink.exactly for kink in crossed) else "between the two passes"
        many = "a kink lies" if len(crossed) == 1 else f"{len(crossed)} kinks lie"
        return f"A corner: {many} {where}, so the difference mixes two slopes."
    if above == below:
        return "Too small: the two losses are the same to the last digit."
    if valley.h is not None and h >= valley.h:
        return "Truncation: the curve bends within the step. Half of h leaves a quarter of the error."
    same = max(0, floor(-log10(abs(above - below) / max(abs(above), abs(below)))))
    return f"Round-off: the two losses share their first {same} digits. Half of h leaves twice the error."


def _valley(axis: Axis, slope: float) -> Valley:
    """The two errors that theory gives: by a measured third derivative, and by half a unit in the last place of each loss and of the number itself."""
    rounding = axis.eps / 2 * (abs(axis.loss_here) + abs(axis.at * slope))
    for wide in WIDER:
        h = axis.eps ** (1 / 5) * max(abs(axis.at), 1.0) * wide
        if axis.crossed(2 * h):
            break
        far, near = (axis.loss(axis.at + 2 * h) - axis.loss(axis.at - 2 * h)), (axis.loss(axis.at + h) - axis.loss(axis.at - h))
        third = (far - 2 * near) / (2 * h * h * h)
        if isfinite(third) and abs(third) > 4 * axis.eps * abs(axis.loss_here) / (h * h * h):
            bend = abs(third) / 6
            return Valley(third, bend, rounding, (rounding / (2 * bend)) ** (1 / 3) if rounding else None)
    return Valley(None, None, rounding, None)


def _best(errors: list[float]) -> int:
    """The step at the bottom of the valley: the one whose neighbours are good too."""
    worst = [max(errors[max(0, place - BOTTOM) : place + BOTTOM + 1]) for place in range(len(errors))]
    return min(range(len(worst)), key=lambda place: worst[place] if isfinite(worst[place]) else float("inf"))

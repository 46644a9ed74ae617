"""The true loss along one number, each point a forward pass, with the straight line that backpropagation promises."""

from collections.abc import Iterator
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.checks import gradient_at
from engine.errors import OutOfReach
from engine.trials import Axis, trials
from engine.turns import turn_at
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

HALF = ((10_000_000, 40), (50_000_000, 20), (10**18, 8))
"""Up to so many parameters × examples, so many points on each side."""
FARTHEST = 1e6
"""How far away a point may be asked for, against the number's own size or 1."""


def along(session: "Session", target: str, example: int | None, at: float | None = None) -> Iterator[dict[str, Any] | None]:
    """The loss with one weight, bias, value or input set elsewhere and all else kept: a grid around where it stands, and the place asked for.

    The curve is that of the update that is shown, at the parameters that it started from: there the tangent touches it. `now` is where
    the number has come to since. Yields None after each point and the answer at the end; raises as `proof` does.
    """
    tried = trials(session, example, turn_at(session, target))
    axis = tried.axis(session, target)
    farthest = FARTHEST * max(1.0, abs(axis.at))
    if at is not None and not abs(at) <= farthest:
        raise OutOfReach(f"a place within {farthest:g} of 0 is expected, and {at:g} was asked for")
    gradient = gradient_at(session, axis, example)
    work = session.parameter_count * len(tried.rows)
    half = next(points for limit, points in HALF if work <= limit)
    reach = reach_of(axis.at)
    yield None
    points = []
    for place in range(-half, half + 1):
        points.append(_point(axis, axis.at + reach * place / half, gradient))
        yield None
    parameter = axis.node.role == "parameter"
    yield {
        "kind": "move",
        "target": target,
        "example": example,
        "at": axis.at,
        "now": float(session.parameters_arena.views[axis.node.name][axis.index]) if parameter else None,
        "loss": axis.loss_here,
        "gradient": gradient,
        "farthest": farthest,
        "points": points,
        "chosen": _point(axis, at, gradient) if at is not None else None,
    }


def reach_of(at: float) -> float:
    """How far the grid goes to each side: to twice the number's size, and at least to 2."""
    return max(2.0, 2.0 * abs(at))


def _point(axis: Axis, at: float, gradient: float | None) -> dict[str, Any]:
    """One place: the loss there, and what the tangent promises of it."""
    loss = axis.loss(at)
    promised = None if gradient is None else axis.loss_here + gradient * (at - axis.at)
    return {"at": at, "loss": loss, "promised": promised, "sentence": _words(axis, loss, promised)}


def _words(axis: Axis, loss: float, promised: float | None) -> str:
    if not isfinite(loss):
        return "The loss is not a finite number there."
    change = loss - axis.loss_here
    if promised is None:
        return f"The loss {_by(change)}; the tangent is not computed yet."
    return f"The loss {_by(change)}; the tangent promised {figure(promised - axis.loss_here, 4)}."


def _by(change: float) -> str:
    if change == 0:
        return "stays as it is"
    return f"{'rises' if change > 0 else 'falls'} by {figure(abs(change), 4)}"

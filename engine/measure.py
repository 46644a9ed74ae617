"""One slope measured, with its kinks: which step can be trusted, and what the loss does on the two sides of a corner."""

from dataclasses import dataclass, replace

from engine.kinks import Kink, Place
from engine.numeric import Difference, central_difference, first_step, one_sided_difference
from engine.trials import Axis

MARGIN = 10.0
"""How many times its estimated error a difference may be off."""
ROUNDING = 16.0
"""How many units in the last place a computed gradient may be off."""
SHRINK = 8.0


@dataclass(frozen=True)
class Sides:
    """The slopes to the left and to the right of a corner, and whether it is certain that they differ."""

    left: Difference
    right: Difference

    @property
    def differ(self) -> bool:
        """Whether the two are further apart than their own errors explain."""
        return abs(self.left.slope - self.right.slope) > MARGIN * (self.left.error + self.right.error)


@dataclass(frozen=True)
class Measured:
    """The slope of the loss along an axis; `sides` where it has two, `kinks` what bends there or nearby, `reach` the step within which nothing else does."""

    difference: Difference
    sides: Sides | None
    kinks: tuple[Kink, ...]
    reach: float


def judge(axis: Axis, gradient: float) -> tuple[Measured, bool | None]:
    """The measured slope, and whether a gradient is it or, at a corner, lies between the two slopes there.

    None where several kinks meet, so that even a right gradient need not lie between. A gradient that seems wrong gets a second look, from
    nearer by and from both sides, for corners that no op's formula shows.
    """
    measured = measure(axis)
    verdict = _verdict(measured, gradient, axis.eps)
    if verdict is False and measured.sides is None:
        sides = beside(axis, measured.reach / SHRINK)
        nearer = replace(measured, sides=sides)
        if sides.differ and _verdict(nearer, gradient, axis.eps):
            return nearer, True
    return measured, verdict


def measure(axis: Axis) -> Measured:
    """The slope along an axis by central differences whose steps pass no kink; where one lies too near for that, the slopes on its two sides."""
    h = first_step(axis.at)
    smallest = axis.eps ** (2 / 3) * max(abs(axis.at), 1.0)
    crossed = axis.crossed(h)
    if not crossed:
        return Measured(central_difference(axis.loss, axis.at, axis.eps, h), None, (), h)
    near = axis.crossed(smallest)
    while crossed != near and h > smallest:
        h = max(h / SHRINK, smallest)
        crossed = axis.crossed(h)
    if not near:
        return Measured(central_difference(axis.loss, axis.at, axis.eps, h), None, (), h)
    return _cornered(axis, h, near)


def beside(axis: Axis, h: float) -> Sides:
    """The slopes on the two sides of a point, from steps that begin at `h`."""
    return Sides(*(one_sided_difference(axis.loss, axis.at, side, axis.eps, h) for side in (-1, 1)))


def _cornered(axis: Axis, h: float, near: set[Place]) -> Measured:
    sides = beside(axis, h)
    low, middle, high = (axis.look(axis.at + step, full=True) for step in (-h, 0.0, h))
    kinks = tuple(axis.trials.kinks.kink(place, low, middle, high) for place in sorted(near))
    best = min((sides.left, sides.right), key=lambda side: side.error)
    if not sides.differ:
        return Measured(best, None, kinks, h)
    between = Difference((sides.left.slope + sides.right.slope) / 2, abs(sides.left.slope - sides.right.slope) / 2, h)
    return Measured(between, sides, kinks, h)


def _verdict(measured: Measured, gradient: float, eps: float) -> bool | None:
    if measured.sides is None:
        return _near(gradient, measured.difference, eps)
    low, high = sorted((measured.sides.left, measured.sides.right), key=lambda side: side.slope)
    if low.slope <= gradient <= high.slope or _near(gradient, low, eps) or _near(gradient, high, eps):
        return True
    return None if len(measured.kinks) > 1 else False


def _near(gradient: float, difference: Difference, eps: float) -> bool:
    gap = abs(gradient - difference.slope)
    return bool(gap <= MARGIN * difference.error + ROUNDING * eps * max(abs(gradient), abs(difference.slope)))

"""The part of the plane that a plot shows: wide enough for the data, with round ends."""

import math

import numpy as np
from numpy.typing import NDArray

Window = tuple[float, float]

MARGIN = 0.06
"""How far the window reaches beyond the data on either side, as a share of their span."""
STEPS = 20
"""The ends are multiples of about this part of the span, rounded to 1, 2 or 5 times a power of ten."""


def window(low: float, high: float) -> Window:
    """A window over numbers from `low` to `high`, a little wider, with round ends."""
    span = high - low or max(1.0, abs(high))
    step = _round_step(span / STEPS)
    return (_times(math.floor((low - MARGIN * span) / step), step), _times(math.ceil((high + MARGIN * span) / step), step))


def windows(inputs: NDArray[np.float64]) -> tuple[Window, ...]:
    """One window for each column, each on its own scale."""
    return tuple(window(float(column.min()), float(column.max())) for column in inputs.T)


def square_windows(inputs: NDArray[np.float64]) -> tuple[Window, ...]:
    """Windows of one width for all columns, so that a circle is drawn as a circle."""
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    span = float((high - low).max()) or 1.0
    step = _round_step(span / STEPS)
    reach = math.ceil(span * (0.5 + MARGIN) / step + 0.5)
    middles = [round(float(middle) / step) for middle in (low + high) / 2]
    return tuple((_times(middle - reach, step), _times(middle + reach, step)) for middle in middles)


def _round_step(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next(factor * power for factor in (1, 2, 5, 10) if size <= factor * power * 1.000001)


def _times(count: int, step: float) -> float:
    return float(f"{count * step:.12g}")

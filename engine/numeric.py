"""Gradients by measurement: central differences through the forward pass alone, with an honest estimate of their error."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np

from engine.formula.calls import Array


@dataclass(frozen=True)
class Difference:
    """A measured slope, how far off it may be, and the step with which it was measured."""

    slope: float
    error: float
    h: float


def central_difference(loss: Callable[[float], float], at: float, eps: float = float(np.finfo(np.float64).eps)) -> Difference:
    """The slope of `loss` at a point, by Richardson's extrapolation over shrinking steps; the best of the tableau is kept.

    The error is estimated from neighbouring entries of the tableau (Ridders 1982) and is never below what round-off must cost.
    """
    h = max(abs(at), 1.0) * 0.02
    scale = max(abs(loss(at)), 1e-300)
    best = Difference(float("nan"), float("inf"), h)
    previous: list[float] = []
    for _ in range(7):
        row = [(loss(at + h) - loss(at - h)) / (2 * h)]
        floor = eps * scale / h
        for order, earlier in enumerate(previous, 1):
            weight = 4.0**order
            row.append((weight * row[-1] - earlier) / (weight - 1))
            error = max(abs(row[-1] - row[-2]), abs(row[-1] - earlier), floor)
            if isfinite(row[-1]) and error < best.error:
                best = Difference(row[-1], error, h)
        previous = row
        h /= 2
    return best


def relative_error(a: Array | float, b: Array | float) -> float:
    """max|a − b| / max|b|: the error of a tensor as a whole."""
    top = float(np.max(np.abs(b))) if np.size(b) else 0.0
    worst = float(np.max(np.abs(np.asarray(a) - np.asarray(b)))) if np.size(b) else 0.0
    return worst / top if top else worst

"""Gradients by measurement: central differences through the forward pass alone, with an honest estimate of their error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from engine.formula.calls import Array

STEPS = 7
"""How often the step is halved and the slope measured anew."""
WINDOW = 4
"""Steps that one extrapolation is made of: what lies further out cannot spoil it."""


@dataclass(frozen=True)
class Difference:
    """A measured slope, how far off it may be, and the step with which it was measured."""

    slope: float
    error: float
    h: float


def central_difference(loss: Callable[[float], float], at: float, eps: float = float(np.finfo(np.float64).eps)) -> Difference:
    """The slope of `loss` at a point, by Richardson's extrapolation over four neighbouring steps; of all such windows the one with the smallest error.

    The error is the largest of three: what round-off must cost, how much neighbouring extrapolations differ (Ridders 1982), and how far the slopes to the
    left and to the right stay apart as the step shrinks, which they do where a kink such as ReLU's is nearer than the step.
    """
    h = max(abs(at), 1.0) * 0.02
    here = loss(at)
    scale = max(abs(here), 1e-300)
    best = Difference(float("nan"), float("inf"), h)
    before: list[float] = []
    apart: list[float] = []
    for _ in range(STEPS):
        above, below = loss(at + h), loss(at - h)
        apart.append((above - 2 * here + below) / h)
        row = [(above - below) / (2 * h)]
        for order, coarse in enumerate(before[: WINDOW - 1], 1):
            row.append(_extrapolated(row[-1], coarse, 4.0**order))
        if len(row) == WINDOW:
            error = max(eps * scale / h, abs(row[-1] - row[-2]), abs(row[-1] - before[WINDOW - 2]), _jump(apart[-WINDOW:]))
            if isfinite(row[-1]) and error < best.error:
                best = Difference(row[-1], error, h)
        before = row
        h /= 2
    return best


def _jump(apart: Sequence[float]) -> float:
    """The part of right slope − left slope that does not shrink with the step: 0, but for round-off, where the loss is smooth.

    Of a smooth loss the difference is a series of odd powers of the step; the first two of them are taken out.
    """
    first = [_extrapolated(fine, coarse, 2.0) for coarse, fine in pairwise(apart)]
    return max(abs(_extrapolated(fine, coarse, 8.0)) for coarse, fine in pairwise(first))


def _extrapolated(fine: float, coarse: float, weight: float) -> float:
    """Two measurements at h and 2h without the error that grows by `weight` from the one to the other."""
    return (weight * fine - coarse) / (weight - 1)


def relative_error(a: Array | float, b: Array | float) -> float:
    """max|a − b| / max|b|: the error of a tensor as a whole."""
    top = float(np.max(np.abs(b))) if np.size(b) else 0.0
    worst = float(np.max(np.abs(np.asarray(a) - np.asarray(b)))) if np.size(b) else 0.0
    return worst / top if top else worst

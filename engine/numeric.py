"""Gradients by measurement: differences of forward passes alone, each with an honest estimate of its own error."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

import numpy as np

from engine.formula.calls import Array

Loss = Callable[[float], float]
EPS = float(np.finfo(np.float64).eps)
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


def central_difference(loss: Loss, at: float, eps: float = EPS, h: float | None = None) -> Difference:
    """The slope of `loss` at a point, by Richardson's extrapolation over four neighbouring steps; of all such windows the one with the smallest error.

    The error is the largest of three: what round-off must cost, how much neighbouring extrapolations differ (Ridders 1982), and how far the slopes to the
    left and to the right stay apart as the step shrinks, which they do where a kink such as ReLU's is nearer than the step. The widest step is `h`.
    """
    h = h or first_step(at)
    here = loss(at)
    noise = eps * max(abs(here), 1e-300)
    best = Difference(float("nan"), float("inf"), h)
    before: list[float] = []
    apart: list[float] = []
    for _ in range(STEPS):
        low, high = _stands(at - h, eps), _stands(at + h, eps)
        below, above = loss(low), loss(high)
        apart.append(_quotient(above - here, high - at) - _quotient(here - below, at - low))
        row = _row(_quotient(above - below, high - low), before, 4.0)
        if len(row) == WINDOW:
            best = _better(best, row, before, max(noise / h, _jump(apart[-WINDOW:])), h)
        before = row
        h /= 2
    return best


def one_sided_difference(loss: Loss, at: float, side: int, eps: float = EPS, h: float | None = None) -> Difference:
    """The slope on one side of a point alone, to the right for side 1 and to the left for −1, with its own estimate of its error."""
    h = h or first_step(at)
    here = loss(at)
    noise = eps * max(abs(here), 1e-300)
    best = Difference(float("nan"), float("inf"), h)
    before: list[float] = []
    for _ in range(STEPS):
        there = _stands(at + side * h, eps)
        row = _row(_quotient(loss(there) - here, there - at), before, 2.0)
        if len(row) == WINDOW:
            best = _better(best, row, before, noise / h, h)
        before = row
        h /= 2
    return best


def first_step(at: float) -> float:
    """The widest step of a measurement at this number."""
    return max(abs(at), 1.0) * 0.02


def _stands(number: float, eps: float) -> float:
    """A number as the precision can hold it: a step is taken to be what it becomes."""
    return float(np.float32(number)) if eps > EPS else number


def _quotient(rise: float, run: float) -> float:
    return rise / run if run else float("nan")


def _row(quotient: float, before: Sequence[float], ratio: float) -> list[float]:
    """One more row of the tableau: the errors of a quotient fall by `ratio`, `ratio`², … as the step is halved, and each column takes one away."""
    row = [quotient]
    for order, coarse in enumerate(before[: WINDOW - 1], 1):
        row.append(_extrapolated(row[-1], coarse, ratio**order))
    return row


def _better(best: Difference, row: Sequence[float], before: Sequence[float], least: float, h: float) -> Difference:
    error = max(least, abs(row[-1] - row[-2]), abs(row[-1] - before[WINDOW - 2]))
    return Difference(row[-1], error, h) if isfinite(row[-1]) and error < best.error else best


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

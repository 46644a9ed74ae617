"""Batch normalisation as its paper writes it (Ioffe and Szegedy 2015, algorithm 1 and the chain rule in section 3), feature by feature in plain loops."""

from collections.abc import Sequence
from math import sqrt

Column = Sequence[float]


def forward(xs: Column, gamma: float, beta: float, eps: float) -> tuple[list[float], float, float]:
    """The outputs of one feature over the batch, with the mean and the variance (divided by n) that they were made with."""
    mean = sum(xs) / len(xs)
    variance = sum((x - mean) ** 2 for x in xs) / len(xs)
    return [gamma * (x - mean) / sqrt(variance + eps) + beta for x in xs], mean, variance


def backward(dys: Column, xs: Column, gamma: float, eps: float) -> tuple[list[float], float, float]:
    """The gradients at the inputs, at gamma and at beta, from those at the outputs: through every x, through the variance and through the mean."""
    n = len(xs)
    _, mean, variance = forward(xs, gamma, 0.0, eps)
    standard = [(x - mean) / sqrt(variance + eps) for x in xs]
    dstandard = [dy * gamma for dy in dys]
    dvariance = sum(d * (x - mean) * -0.5 * (variance + eps) ** -1.5 for d, x in zip(dstandard, xs, strict=True))
    dmean = sum(-d / sqrt(variance + eps) for d in dstandard) + dvariance * sum(-2 * (x - mean) for x in xs) / n
    dxs = [d / sqrt(variance + eps) + dvariance * 2 * (x - mean) / n + dmean / n for d, x in zip(dstandard, xs, strict=True)]
    return dxs, sum(dy * s for dy, s in zip(dys, standard, strict=True)), sum(dys)


def parts(dstandard: Column, xs: Column, eps: float) -> tuple[list[float], list[float], list[float]]:
    """The gradient at each x from those at the normalised values: what comes straight, through the mean, and through the variance."""
    n = len(xs)
    mean = sum(xs) / n
    spread = sqrt(sum((x - mean) ** 2 for x in xs) / n + eps)
    dmean = -sum(dstandard) / spread
    dvariance = -sum(d * (x - mean) for d, x in zip(dstandard, xs, strict=True)) / (2 * spread**3)
    return [d / spread for d in dstandard], [dmean / n for _ in xs], [dvariance * 2 * (x - mean) / n for x in xs]


def remembered(before: float, seen: float, momentum: float) -> float:
    """A running statistic after a batch."""
    return (1 - momentum) * before + momentum * seen

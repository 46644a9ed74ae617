"""Losses as a textbook writes them: the loss of one example from its outputs and its targets, and its slope along each output."""

from collections.abc import Callable
from math import exp, log

from tests.oracles.activations import Row, sigmoid, softmax


def halved_huber(miss: float, delta: float) -> float:
    return miss**2 / 2 if abs(miss) <= delta else delta * (abs(miss) - delta / 2)


def huber_slope(miss: float, delta: float) -> float:
    return miss if abs(miss) <= delta else delta * sign(miss)


def sign(x: float) -> float:
    return float((x > 0) - (x < 0))


def mean_squared_error(p: Row, t: Row) -> tuple[float, Row]:
    n = len(p)
    return sum((p[k] - t[k]) ** 2 for k in range(n)) / n, [2 * (p[k] - t[k]) / n for k in range(n)]


def halved_squared_error(p: Row, t: Row) -> tuple[float, Row]:
    n = len(p)
    return sum((p[k] - t[k]) ** 2 for k in range(n)) / 2, [p[k] - t[k] for k in range(n)]


def mean_absolute_error(p: Row, t: Row) -> tuple[float, Row]:
    n = len(p)
    return sum(abs(p[k] - t[k]) for k in range(n)) / n, [sign(p[k] - t[k]) / n for k in range(n)]


def huber(p: Row, t: Row, delta: float) -> tuple[float, Row]:
    n = len(p)
    return sum(halved_huber(p[k] - t[k], delta) for k in range(n)) / n, [huber_slope(p[k] - t[k], delta) / n for k in range(n)]


def binary_cross_entropy(p: Row, t: Row) -> tuple[float, Row]:
    n = len(p)
    loss = -sum(t[k] * log(p[k]) + (1 - t[k]) * log(1 - p[k]) for k in range(n)) / n
    return loss, [((1 - t[k]) / (1 - p[k]) - t[k] / p[k]) / n for k in range(n)]


def binary_cross_entropy_with_logits(z: Row, t: Row) -> tuple[float, Row]:
    """With p = σ(z): −t ln p − (1 − t) ln(1 − p) = ln(1 + eᶻ) − t z."""
    n = len(z)
    return sum(log(1 + exp(z[k])) - t[k] * z[k] for k in range(n)) / n, [(sigmoid(z[k]) - t[k]) / n for k in range(n)]


def categorical_cross_entropy(p: Row, t: Row) -> tuple[float, Row]:
    n = len(p)
    return -sum(t[k] * log(p[k]) for k in range(n) if t[k]), [-t[k] / p[k] for k in range(n)]


def categorical_cross_entropy_with_logits(z: Row, t: Row) -> tuple[float, Row]:
    p = softmax(z)
    return categorical_cross_entropy(p, t)[0], [p[k] - t[k] for k in range(len(z))]


LOSSES: dict[str, Callable[..., tuple[float, Row]]] = {
    "mean_squared_error": mean_squared_error,
    "halved_squared_error": halved_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "huber": huber,
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "categorical_cross_entropy": categorical_cross_entropy,
    "categorical_cross_entropy_with_logits": categorical_cross_entropy_with_logits,
}

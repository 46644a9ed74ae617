"""Clips as they are written: what is left of a whole gradient."""

from collections.abc import Callable
from math import sqrt


def by_value(gradient: list[float], limit: float) -> list[float]:
    return [max(-limit, min(limit, g)) for g in gradient]


def by_norm(gradient: list[float], limit: float) -> list[float]:
    """With the millionth that PyTorch adds to the length."""
    length = sqrt(sum(g**2 for g in gradient))
    return [g * min(1.0, limit / (length + 1e-6)) for g in gradient]


CLIPS: dict[str, Callable[..., list[float]]] = {"value": by_value, "norm": by_norm}

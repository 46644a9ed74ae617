"""A formula's gradient worked out on paper: loss = mean((sigmoid(w2 tanh(w1 x + b1) + b2) − y)²)."""

from collections.abc import Mapping, Sequence
from math import exp, tanh


def gradients(starts: Mapping[str, float], xs: Sequence[float], ys: Sequence[float]) -> tuple[float, dict[str, float]]:
    """The loss, and how it depends on each of the four parameters."""
    w1, b1, w2, b2 = (starts[name] for name in ("w1", "b1", "w2", "b2"))
    loss, found = 0.0, dict.fromkeys(("w1", "b1", "w2", "b2"), 0.0)
    for x, y in zip(xs, ys, strict=True):
        h = tanh(w1 * x + b1)
        p = 1 / (1 + exp(-(w2 * h + b2)))
        loss += (p - y) ** 2 / len(xs)
        outer = 2 * (p - y) * p * (1 - p) / len(xs)
        inner = outer * w2 * (1 - h * h)
        for name, part in (("w2", outer * h), ("b2", outer), ("w1", inner * x), ("b1", inner)):
            found[name] += part
    return loss, found

"""Softmax."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, op

ACROSS_FROM = 8192
"""Numbers from which on the largest of each row is found sooner in the transposed matrix, a row of it against the next, than in short rows."""


@op(
    "exp(x) / sum(exp(x))",
    numpy="share = exp(rows(x) - rows(x).max(axis=1, keepdims=True))\nfold(share / (share @ ones(x.shape[-1], 1)))",
    shape=lambda x: x,
    samples=[((4, 3),), ((1, 1),), ((2, 3, 4),)],
)
def softmax(out: Array, x: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    """A distribution over the units of each example, positive and summing to 1; the largest value is taken off first, so that nothing overflows."""
    x, out = x.reshape(-1, x.shape[-1]), out.reshape(-1, x.shape[-1])
    top, total = scratch((x.shape[0], 1)), scratch((x.shape[0], 1))
    yield from largest(x, top, scratch)
    yield np.subtract, (x, top, out)
    yield np.exp, (out, out)
    yield out.dot, (ones(x.shape[1], 1), total)
    yield np.divide, (out, total, out)


@softmax.pull("x", "y * (dy - sum(dy * y))", numpy="product = rows(dy) * rows(y)\nfold((rows(dy) - product @ ones(y.shape[-1], 1)) * rows(y))")
def _(dx: Array, dy: Array, y: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    dx, dy, y = (array.reshape(-1, y.shape[-1]) for array in (dx, dy, y))
    total = scratch((y.shape[0], 1))
    yield np.multiply, (dy, y, dx)
    yield dx.dot, (ones(y.shape[1], 1), total)
    yield np.subtract, (dy, total, dx)
    yield np.multiply, (dx, y, dx)


@softmax.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, unit = index
    y = values["y"][tuple(place)]
    for other in range(y.size):
        yield Edge((*place, other), float(y[other] * ((other == unit) - y[unit])), None, f"y{other + 1} × ({int(other == unit)} − y{unit + 1})")


@softmax.slopes("x")
def _(example: int, values: Mapping[str, Array]) -> Array | None:
    y = values["y"][example]
    return y * (np.eye(y.size) - y[:, None]) if y.ndim == 1 else None


def largest(x: Array, top: Array, scratch: Callable[..., Array]) -> Calls:
    """Write the largest number of each row of (rows, units) into (rows, 1)."""
    if x.size < ACROSS_FROM:
        yield np.maximum.reduce, (x, 1, None, top, True)
        return
    across = scratch(x.T.shape)
    yield np.copyto, (across, x.T)
    yield np.maximum.reduce, (across, 0, None, top[:, 0])

"""Scaled dot-product attention in its three steps, for all heads at once: scores, weights, mix (Vaswani et al. 2017, arXiv:1706.03762).

Queries, keys and values have shape (batch, steps, units); a head is a stretch of their units. Scores and weights have shape
(batch, heads, steps, steps): row i is what position i asks, column j whom it asks.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op
from engine.ops.softmax import softmax

MASKED = "0: masked, a position may not look at a later one"


def _scored(q: Shape, k: Shape, heads: int) -> Shape:
    if len(q) != 3:
        raise TypeError(f"attention reads a sequence of steps and units, and values of shape {list(q[1:])} came")
    if q[2] % heads:
        raise TypeError(f"{q[2]} units do not part into {heads} heads")
    return (q[0], heads, q[1], k[1])


def _split(name: str) -> str:
    """A value with its heads taken apart, in NumPy."""
    return f"{name}.reshape(*{name}.shape[:2], heads, -1).swapaxes(1, 2)"


SCALE = "(q.shape[2] // heads) ** -0.5"


@op(
    "q · k / √(units of a head)",
    numpy=f"{_split('q')} @ {_split('k')}.swapaxes(2, 3) * {SCALE}",
    shape=_scored, samples=[((2, 3, 4), (2, 3, 4), {"heads": 2}), ((1, 2, 3), (1, 2, 3))], choices={"heads": 1},
)  # fmt: skip
def scores(out: Array, q: Array, k: Array, heads: int) -> Calls:
    """How well each position's query suits each position's key, head by head: (batch, heads, steps, steps)."""
    yield np.matmul, (_heads(q, heads), _heads(k, heads).swapaxes(-1, -2), out)
    yield np.multiply, (out, _scale(q, heads), out)


@scores.pull("q", "dy @ k / √(units of a head)", numpy=f"(dy @ {_split('k')}).swapaxes(1, 2).reshape(*q.shape) * {SCALE}")
def _(dq: Array, dy: Array, k: Array, heads: int) -> Calls:
    yield np.matmul, (dy, _heads(k, heads), _heads(dq, heads))
    yield np.multiply, (dq, _scale(dq, heads), dq)


@scores.pull("k", "dy.T @ q / √(units of a head)", numpy=f"(dy.swapaxes(2, 3) @ {_split('q')}).swapaxes(1, 2).reshape(*k.shape) * {SCALE}")
def _(dk: Array, dy: Array, q: Array, heads: int) -> Calls:
    yield np.matmul, (dy.swapaxes(-1, -2), _heads(q, heads), _heads(dk, heads))
    yield np.multiply, (dk, _scale(dk, heads), dk)


@scores.edges("q")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    example, step, unit = index
    k, heads = values["k"], values["heads"]
    for other in range(k.shape[1]):
        yield Edge((example, unit * heads // k.shape[2], step, other), float(k[example, other, unit] * _scale(k, heads)), None, "k / √d")


@scores.edges("k")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    example, step, unit = index
    q, heads = values["q"], values["heads"]
    for other in range(q.shape[1]):
        yield Edge((example, unit * heads // q.shape[2], other, step), float(q[example, other, unit] * _scale(q, heads)), None, "q / √d")


@op(
    "softmax(x), 0 where masked",
    numpy="""open = x + np.where(np.tri(*x.shape[2:]), 0.0, -np.inf).astype(x.dtype)
share = exp(rows(open) - rows(open).max(axis=1, keepdims=True))
fold(share / (share @ ones(x.shape[-1], 1)))""".replace("rows(open)", "open.reshape(-1, x.shape[-1])"),
    shape=lambda x: x, samples=[((2, 2, 3, 3),), ((1, 1, 1, 1),)],
)  # fmt: skip
def causal_softmax(out: Array, x: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    """Softmax over the positions up to a row's own; a later one is masked: its weight is exactly 0, and exactly 0 is passed back to its score."""
    yield np.add, (x, np.where(np.tri(*x.shape[2:]), 0.0, -np.inf).astype(x.dtype), out)
    yield from softmax.emit(out, out, ones, scratch)


causal_softmax.pulls["x"] = softmax.pulls["x"].__class__(softmax.pulls["x"].formula, softmax.pulls["x"].emit, numpy=softmax.pulls["x"].numpy)


@causal_softmax.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    step, other = index[-2:]
    if other > step:
        return (Edge(index, 0.0, None, MASKED),)
    edges = softmax.pulls["x"].edges
    assert edges is not None
    return (edge for edge in edges(index, values) if edge.out[-1] <= step)


def _mixed(w: Shape, v: Shape, heads: int) -> Shape:
    return (w[0], w[2], v[2])


@op(
    "weights @ v",
    numpy=f"(w @ {_split('v')}).swapaxes(1, 2).reshape(w.shape[0], w.shape[2], v.shape[2])",
    shape=_mixed, samples=[((2, 2, 3, 3), (2, 3, 4), {"heads": 2}), ((1, 1, 2, 2), (1, 2, 3))], choices={"heads": 1},
)  # fmt: skip
def mix(out: Array, w: Array, v: Array, heads: int) -> Calls:
    """The values of all positions, mixed for each position by its weights, the heads side by side again: (batch, steps, units)."""
    yield np.matmul, (w, _heads(v, heads), _heads(out, heads))


@mix.pull("w", "dy @ v.T", numpy=f"{_split('dy')} @ {_split('v')}.swapaxes(2, 3)")
def _(dw: Array, dy: Array, v: Array, heads: int) -> Calls:
    yield np.matmul, (_heads(dy, heads), _heads(v, heads).swapaxes(-1, -2), dw)


@mix.pull("v", "weights.T @ dy", numpy=f"(w.swapaxes(2, 3) @ {_split('dy')}).swapaxes(1, 2).reshape(*v.shape)")
def _(dv: Array, dy: Array, w: Array, heads: int) -> Calls:
    yield np.matmul, (w.swapaxes(-1, -2), _heads(dy, heads), _heads(dv, heads))


@mix.edges("w")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    example, head, step, other = index
    v, size = values["v"], values["v"].shape[2] // values["heads"]
    for unit in range(head * size, (head + 1) * size):
        yield Edge((example, step, unit), float(v[example, other, unit]), ("v", (example, other, unit)), "v")


@mix.edges("v")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    example, other, unit = index
    w, head = values["w"], unit * values["heads"] // values["v"].shape[2]
    for step in range(w.shape[2]):
        place = (example, head, step, other)
        yield Edge((example, step, unit), float(w[place]), ("w", place), "weight")


def _heads(x: Array, heads: int) -> Array:
    """The units of each head: a view of (batch, steps, units) as (batch, heads, steps, units of a head)."""
    return x.reshape(*x.shape[:2], heads, -1).swapaxes(1, 2)


def _scale(x: Array, heads: int) -> Array:
    return np.array((x.shape[2] // heads) ** -0.5, x.dtype)

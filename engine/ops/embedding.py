"""Tokens as vectors, and where in the sequence each of them stands."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op

TOKENS = "tokens = np.clip(np.rint(x), 0, len(W) - 1).astype(int)\n"


@op("the row of W that x names", numpy=TOKENS + "W[tokens]", shape=lambda x, W: (*x, W[1]), samples=[((2, 3), (4, 2)), ((1, 1), (1, 1))])
def embed(out: Array, x: Array, W: Array, scratch: Callable[..., Array]) -> Calls:
    """A vector for each token, looked up by its number: (batch, steps) with (tokens, units) to (batch, steps, units)."""
    tokens = scratch(x.shape, np.intp)
    yield from _numbers(tokens, x, len(W), scratch)
    yield np.take, (W, tokens, 0, out, "clip")


@embed.pull("W", "dy, added up for each token over all places where it stands", numpy=TOKENS + "back = np.zeros_like(W)\nnp.add.at(back, tokens, dy)\nback")
def _(dW: Array, dy: Array, x: Array, W: Array, scratch: Callable[..., Array]) -> Calls:
    tokens = scratch(x.shape, np.intp)
    yield from _numbers(tokens, x, len(W), scratch)
    yield dW.fill, (0,)
    yield np.add.at, (dW, tokens, dy)


@embed.pull("x", "0: a token's number is its name, and no quantity", numpy="np.zeros_like(x)")
def _(dx: Array) -> Calls:
    yield dx.fill, (0,)


@embed.edges("W")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    token, unit = index
    named = np.clip(np.rint(values["x"]), 0, len(values["W"]) - 1)
    for place in np.ndindex(named.shape):
        stands = named[place] == token
        yield Edge((*place, unit), float(stands), None, "1" if stands else "0: another token is there")


@embed.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for unit in range(values["W"].shape[1]):
        yield Edge((*index, unit), 0.0, None, "0: a name, no quantity")


def _placed(x: Shape, P: Shape) -> Shape:
    if x[1:] != P:
        raise TypeError(f"positions are learned for {list(P)} and values of shape {list(x[1:])} came")
    return x


@op("x + P", numpy="x + P", shape=_placed, samples=[((2, 3, 2), (3, 2)), ((1, 1, 1), (1, 1))])
def add_positions(out: Array, x: Array, P: Array) -> Calls:
    """What stands at each place, and a learned vector of the place itself: (batch, steps, units) with (steps, units)."""
    yield np.add, (x, P, out)


@add_positions.pull("x", "dy", numpy="dy")
def _(dx: Array, dy: Array) -> Calls:
    yield np.copyto, (dx, dy)


@add_positions.pull("P", "sum(dy, examples)", numpy="dy.sum(axis=0)")
def _(dP: Array, dy: Array) -> Calls:
    yield np.add.reduce, (dy, 0, None, dP)


@add_positions.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge(index, 1.0, None, "1")


@add_positions.edges("P")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for example in range(len(values["x"])):
        yield Edge((example, *index), 1.0, None, "1")


@op(
    "x + sin or cos of the place",
    numpy="""angle = np.arange(x.shape[1])[:, None] / 10000.0 ** (np.arange(x.shape[2]) // 2 * 2 / x.shape[2])
x + np.where(np.arange(x.shape[2]) % 2, np.cos(angle), np.sin(angle)).astype(x.dtype)""",
    shape=lambda x: (x[0], x[1], x[2]),
    samples=[((2, 3, 4),), ((1, 2, 3),)],
)
def add_waves(out: Array, x: Array) -> Calls:
    """What stands at each place, and waves of the place: sin and cos of t / 10000^(2i / units) in turn (Vaswani et al. 2017, arXiv:1706.03762)."""
    yield np.add, (x, waves(*x.shape[1:]).astype(x.dtype), out)


add_waves.pulls["x"] = add_positions.pulls["x"]


def waves(steps: int, units: int) -> Array:
    """The waves that are added: (steps, units), even units the sine and odd ones the cosine of the same angle."""
    angle = np.arange(steps)[:, None] / 10000.0 ** (np.arange(units) // 2 * 2 / units)
    return np.where(np.arange(units) % 2, np.cos(angle), np.sin(angle))


def _numbers(tokens: Array, x: Array, count: int, scratch: Callable[..., Array]) -> Calls:
    """Write the tokens that the floats of x stand for, as whole numbers."""
    near = scratch(x.shape)
    yield np.rint, (x, near)
    yield np.clip, (near, 0, count - 1, near)
    yield np.copyto, (tokens, near, "unsafe")

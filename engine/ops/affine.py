"""The weighted sum."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, op

BROADCAST_FROM = 4096
"""From this many elements on, a broadcast addition costs less than laying the bias out in rows first."""


@op("x @ W + b", shape=lambda x, W, b: (x[0], W[1]), samples=[((5, 3), (3, 2), (2,)), ((1, 1), (1, 1), (1,))])
def affine(out: Array, x: Array, W: Array, b: Array, scratch: Callable[..., Array]) -> Calls:
    """The weighted sum of each unit, z = x W + b: (batch, inputs) @ (inputs, units) + (units,)."""
    yield x.dot, (W, out)
    if out.size >= BROADCAST_FROM:
        yield np.add, (out, b, out)
    else:
        rows = scratch(out.shape)
        yield b.take, (np.tile(np.arange(b.size), (out.shape[0], 1)), None, rows, "clip")
        yield np.add, (out, rows, out)


@affine.pull("W", "x.T @ dy")
def _(dW: Array, dy: Array, x: Array) -> Calls:
    yield x.T.dot, (dy, dW)


@affine.pull("b", "sum(dy, rows)")
def _(db: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield ones(dy.shape[0]).dot, (dy, db)


@affine.pull("x", "dy @ W.T")
def _(dx: Array, dy: Array, W: Array) -> Calls:
    yield dy.dot, (W.T, dx)


@affine.edges("W")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    row, unit = index
    for example in range(values["x"].shape[0]):
        yield Edge((example, unit), float(values["x"][example, row]), ("x", (example, row)), "x")


@affine.edges("b")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for example in range(values["x"].shape[0]):
        yield Edge((example, index[0]), 1.0, None, "1")


@affine.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    example, row = index
    for unit in range(values["W"].shape[1]):
        yield Edge((example, unit), float(values["W"][row, unit]), ("W", (row, unit)), "W")


@op("x @ W", shape=lambda x, W: (x[0], W[1]), samples=[((5, 3), (3, 2)), ((1, 1), (1, 1))])
def matmul(out: Array, x: Array, W: Array) -> Calls:
    """The weighted sum of each unit without a bias, z = x W: (batch, inputs) @ (inputs, units)."""
    yield x.dot, (W, out)


for _name in ("W", "x"):
    matmul.pulls[_name] = affine.pulls[_name]

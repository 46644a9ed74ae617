"""The weighted sum."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.adjacent import matrix
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op

BROADCAST_FROM = 4096
"""From this many elements on, a broadcast addition costs less than laying the bias out in rows first."""


@op(
    "x @ W + b",
    numpy="fold(rows(x) @ W + b)",
    shape=lambda x, W, b: _sums(x, W),
    samples=[((5, 3), (3, 2), (2,)), ((1, 1), (1, 1), (1,)), ((2, 4, 3), (3, 2), (2,))],
)
def affine(out: Array, x: Array, W: Array, b: Array, scratch: Callable[..., Array]) -> Calls:
    """The weighted sum of each unit, z = x W + b: (batch, inputs) @ (inputs, units) + (units,). Axes between batch and inputs are more examples to it."""
    x, out = matrix(x), matrix(out)
    yield x.dot, (W, out)
    if out.size >= BROADCAST_FROM:
        yield np.add, (out, b, out)
    else:
        rows = scratch(out.shape)
        yield b.take, (_places(out.shape[0], b.size), None, rows, "clip")
        yield np.add, (out, rows, out)


@affine.pull("W", "x.T @ dy", numpy="rows(x).T @ rows(dy)", joins=True)
def _(dW: Array, dy: Array, x: Array) -> Calls:
    yield matrix(x).T.dot, (matrix(dy), dW)


@affine.pull("b", "sum(dy, rows)", numpy="ones(len(rows(dy))) @ rows(dy)", joins=True)
def _(db: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield ones(matrix(dy).shape[0]).dot, (matrix(dy), db)


@affine.pull("x", "dy @ W.T", numpy="fold(rows(dy) @ W.T)", through="W")
def _(dx: Array, dy: Array, W: Array) -> Calls:
    yield matrix(dy).dot, (W.T, matrix(dx))


@affine.edges("W")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    row, unit = index
    for place in np.ndindex(values["x"].shape[:-1]):
        yield Edge((*place, unit), float(values["x"][(*place, row)]), ("x", (*place, row)), "x")


@affine.edges("b")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for place in np.ndindex(values["x"].shape[:-1]):
        yield Edge((*place, index[0]), 1.0, None, "1")


@affine.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, row = index
    for unit in range(values["W"].shape[1]):
        yield Edge((*place, unit), float(values["W"][row, unit]), ("W", (row, unit)), "W")


@affine.slopes("x")
def _(example: int, values: Mapping[str, Array]) -> Array | None:
    return values["W"] if values["x"].ndim == 2 else None


@op("x @ W", numpy="fold(rows(x) @ W)", shape=lambda x, W: _sums(x, W), samples=[((5, 3), (3, 2)), ((1, 1), (1, 1)), ((2, 4, 3), (3, 2))])
def matmul(out: Array, x: Array, W: Array) -> Calls:
    """The weighted sum of each unit without a bias, z = x W: (batch, inputs) @ (inputs, units)."""
    yield matrix(x).dot, (W, matrix(out))


for _name in ("W", "x"):
    matmul.pulls[_name] = affine.pulls[_name]


@lru_cache(256)
def _places(rows: int, units: int) -> NDArray[np.intp]:
    """Where each number of a bias stands, once for each row: the same array for everybody."""
    made = np.tile(np.arange(units), (rows, 1))
    made.setflags(write=False)
    return made


def _sums(x: Shape, W: Shape) -> Shape:
    if x[-1] != W[0]:
        raise TypeError(f"{W[0]} inputs are weighed and {x[-1]} came")
    return (*x[:-1], W[1])

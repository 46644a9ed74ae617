"""The weighted sum of what a recurrent cell reads and of what it carries."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from engine.adjacent import below, matrix
from engine.formula.calls import Array
from engine.op import Calls, Edge, EdgeRule, Index, Shape, SlopeRule, op

Scratch = Callable[..., Array]
Places = Callable[[int], Sequence[int]]
"""Where the sum of each of so many columns stands."""
Rows = Callable[[Array, Array], Array | None]
"""The rows of the examples of an x and an h, where these stand abreast (engine/abreast.py)."""


def sums(x: Shape, W: Shape, h: Shape, U: Shape) -> Shape:
    """The shape of x W + h U; raises TypeError where what is weighed does not fit."""
    for read, weights in ((x, W), (h, U)):
        if read[-1] != weights[0]:
            raise TypeError(f"{weights[0]} values are weighed and {read[-1]} came")
    return (x[0], W[1])


@op(
    "x @ W + b + h @ U",
    numpy="np.concatenate([x, ones(len(x), 1), h], axis=1) @ np.concatenate([W, b[None], U])",
    shape=lambda x, W, b, h, U: sums(x, W, h, U),
    samples=[((5, 3), (3, 2), (2,), (5, 4), (4, 2)), ((1, 1), (1, 1), (1,), (1, 1), (1, 1))],
)
def recurrent_affine(out: Array, x: Array, W: Array, b: Array, h: Array, U: Array, scratch: Scratch, abreast: Rows) -> Calls:
    """The weighted sum of what is read and what is carried, z = x W + b + h U: x is (batch, values), h (batch, units), z (batch, gates · units)."""
    rows, weights = abreast(x, h), below(W, b, U)
    if rows is not None and weights is not None:
        yield rows.dot, (weights, out)
    else:
        carried = scratch(out.shape)
        yield x.dot, (W, out)
        yield h.dot, (U, carried)
        yield np.add, (out, carried, out)
        yield np.add, (out, b, out)


@recurrent_affine.pull("W", "x.T @ dy", numpy="rows(x).T @ rows(dy)", joins=True)
def _(dW: Array, dy: Array, x: Array) -> Calls:
    yield np.matmul, (matrix(x).T, matrix(dy), dW)


@recurrent_affine.pull("b", "sum(dy, rows)", numpy="ones(len(rows(dy))) @ rows(dy)", joins=True)
def _(db: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield ones(matrix(dy).shape[0]).dot, (matrix(dy), db)


@recurrent_affine.pull("U", "h.T @ dy", numpy="rows(h).T @ rows(dy)", joins=True)
def _(dU: Array, dy: Array, h: Array) -> Calls:
    yield np.matmul, (matrix(h).T, matrix(dy), dU)


@recurrent_affine.pull("x", "dy @ W.T", numpy="dy @ W.T", through="W")
def _(dx: Array, dy: Array, W: Array) -> Calls:
    yield dy.dot, (W.T, dx)


@recurrent_affine.pull("h", "dy @ U.T", numpy="dy @ U.T", through="U")
def _(dh: Array, dy: Array, U: Array) -> Calls:
    yield dy.dot, (U.T, dh)


@recurrent_affine.whole_gradient(
    "W", "b", "U",
    numpy="_turned = dy.T @ np.concatenate([x, ones(len(x), 1), h], axis=1)\n"
    "dW = _turned[:, :len(W)].T\n"
    "db = _turned[:, len(W)]\n"
    "dU = _turned[:, len(W) + 1:].T",
)  # fmt: skip
def _(dW: Array, db: Array, dU: Array, dy: Array, x: Array, h: Array, scratch: Scratch, abreast: Rows) -> Calls:
    rows, values = abreast(x, h), len(dW)
    assert rows is not None
    turned = scratch((dW.shape[1], values + 1 + len(dU)))
    yield matrix(dy).T.dot, (rows, turned)
    yield np.copyto, (dW, turned[:, :values].T)
    yield np.copyto, (db, turned[:, values])
    yield np.copyto, (dU, turned[:, values + 1 :].T)


def uses(read: str, places: Places = range) -> EdgeRule:
    """The links of a weight: at each example it weighs one number of what is read; `places` are those of its columns' sums."""

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        row, column = index
        unit = places(values["U"].shape[1])[column]
        for example in range(len(values[read])):
            yield Edge((example, unit), float(values[read][example, row]), (read, (example, row)), read)

    return edges


def ways(weights: str, places: Places = range) -> EdgeRule:
    """The links of what is weighed: to the sum of each column."""

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        example, row = index
        for column, unit in enumerate(places(values["U"].shape[1])):
            yield Edge((example, unit), float(values[weights][row, column]), (weights, (row, column)), weights)

    return edges


def ones_of(places: Places = range) -> EdgeRule:
    """The links of a bias: once to each example's sum."""

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        unit = places(values["U"].shape[1])[index[0]]
        for example in range(len(values["x"])):
            yield Edge((example, unit), 1.0, None, "1")

    return edges


def _matrix_of(weights: str) -> SlopeRule:
    return lambda example, values: values[weights]


for _read, _weights in (("x", "W"), ("h", "U")):
    recurrent_affine.pulls[_weights].edges = uses(_read)
    recurrent_affine.pulls[_read].edges = ways(_weights)
    recurrent_affine.pulls[_read].slopes = _matrix_of(_weights)
recurrent_affine.pulls["b"].edges = ones_of()

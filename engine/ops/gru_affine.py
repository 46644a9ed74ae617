"""The weighted sums of a gated recurrent unit, whose candidate has a gate between what it reads and what it carries."""

from collections.abc import Callable, Iterator

import numpy as np

from engine.adjacent import below, matrix
from engine.formula.calls import Array
from engine.op import Calls, Shape, op
from engine.ops.recurrent_affine import Rows, Scratch, ones_of, sums, uses, ways

READ = "_n = dy.shape[-1] // 4\n_read, _gates = rows(dy)[:, :_n], rows(dy)[:, _n:3 * _n]\n"
CARRIED = "_carried = rows(dy)[:, dy.shape[-1] // 4:]\n"


def _places_read(columns: int) -> list[int]:
    """Where the sum of each column of W stands: the candidate's before those of the gates."""
    n = columns // 3
    return [*range(n, 3 * n), *range(n)]


def _places_carried(columns: int) -> list[int]:
    """Where the sum of each column of U stands."""
    return [columns // 3 + column for column in range(columns)]


@op(
    "x @ W + b + h @ U + c",
    numpy="_n = W.shape[1] // 3\n"
    "_x, _h = np.concatenate([x, ones(len(x), 1)], axis=1), np.concatenate([h, ones(len(h), 1)], axis=1)\n"
    "_gates = np.concatenate([_x, _h], axis=1) @ np.concatenate([W, b[None], U, c[None]])[:, :2 * _n]\n"
    "_read = _x @ np.concatenate([W, b[None]])[:, 2 * _n:]\n"
    "_carried = _h @ np.concatenate([U, c[None]])[:, 2 * _n:]\n"
    "np.concatenate([_read, _gates, _carried], axis=1)",
    shape=lambda x, W, b, h, U, c: _apart(*sums(x, W, h, U)),
    samples=[((5, 3), (3, 6), (6,), (5, 2), (2, 6), (6,)), ((1, 1), (1, 3), (3,), (1, 1), (1, 3), (3,))],
)
def gru_affine(out: Array, x: Array, W: Array, b: Array, h: Array, U: Array, c: Array, scratch: Scratch, abreast: Rows) -> Calls:
    """The sums of a GRU: x W + b + h U + c for its two gates, and x W + b and h U + c apart for its candidate, since a gate comes between them.

    W is (values, 3 · units) in the order reset, update, candidate. The sums are (batch, 4 · units): what the candidate reads, reset, update, what the
    candidate carries; so what belongs to W stands side by side, and what belongs to U.
    """
    n = len(U)
    read, gates, carried = out[:, :n], out[:, n : 3 * n], out[:, 3 * n :]
    rows, weights = abreast(x, h), below(W, b, U, c)
    if rows is not None and weights is not None:
        one = len(W) + 1
        yield np.matmul, (rows, weights[:, : 2 * n], gates)
        yield np.matmul, (rows[:, :one], weights[:one, 2 * n :], read)
        yield np.matmul, (rows[:, one:], weights[one:, 2 * n :], carried)
    else:
        other = scratch(gates.shape)
        yield np.matmul, (x, W[:, : 2 * n], gates)
        yield np.matmul, (h, U[:, : 2 * n], other)
        for summand in (other, b[: 2 * n], c[: 2 * n]):
            yield np.add, (gates, summand, gates)
        for part, values, weighed, bias in ((read, x, W, b), (carried, h, U, c)):
            yield np.matmul, (values, weighed[:, 2 * n :], part)
            yield np.add, (part, bias[2 * n :], part)


@gru_affine.pull("W", "x.T @ dy, of what is read", numpy=f"{READ}np.concatenate([rows(x).T @ _gates, rows(x).T @ _read], axis=1)", joins=True)
def _(dW: Array, dy: Array, x: Array) -> Calls:
    for into, arriving in _reading(dW, dy):
        yield np.matmul, (matrix(x).T, matrix(arriving), into)


@gru_affine.pull("b", "sum(dy, rows), of what is read", numpy=f"{READ}np.concatenate([ones(len(_gates)) @ _gates, ones(len(_read)) @ _read])", joins=True)
def _(db: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    for into, arriving in _reading(db, dy):
        yield np.matmul, (ones(matrix(dy).shape[0]), matrix(arriving), into)


@gru_affine.pull("U", "h.T @ dy, of what is carried", numpy=f"{CARRIED}rows(h).T @ _carried", joins=True)
def _(dU: Array, dy: Array, h: Array) -> Calls:
    yield np.matmul, (matrix(h).T, matrix(_carrying(dy)), dU)


@gru_affine.pull("c", "sum(dy, rows), of what is carried", numpy=f"{CARRIED}ones(len(_carried)) @ _carried", joins=True)
def _(dc: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield np.matmul, (ones(matrix(dy).shape[0]), matrix(_carrying(dy)), dc)


@gru_affine.pull("x", "dy @ W.T, of what is read", numpy=f"{READ}_gates @ W[:, :2 * _n].T + _read @ W[:, 2 * _n:].T", through="W", places=_places_read)
def _(dx: Array, dy: Array, W: Array, scratch: Scratch) -> Calls:
    other = scratch(dx.shape)
    for into, (weighed, arriving) in zip((dx, other), _reading(W, dy), strict=True):
        yield np.matmul, (arriving, weighed.T, into)
    yield np.add, (dx, other, dx)


@gru_affine.pull("h", "dy @ U.T, of what is carried", numpy=f"{CARRIED}_carried @ U.T", through="U", places=_places_carried)
def _(dh: Array, dy: Array, U: Array) -> Calls:
    yield np.matmul, (_carrying(dy), U.T, dh)


@gru_affine.whole_gradient(
    "W", "b", "U", "c",
    numpy="_n = len(U)\n"
    "_turned = dy[:, :3 * _n].T @ np.concatenate([x, ones(len(x), 1)], axis=1)\n"
    "dW = np.concatenate([_turned[_n:, :-1], _turned[:_n, :-1]]).T\n"
    "db = np.concatenate([_turned[_n:, -1], _turned[:_n, -1]])\n"
    "_turned = dy[:, _n:].T @ np.concatenate([h, ones(len(h), 1)], axis=1)\n"
    "dU = _turned[:, :-1].T\n"
    "dc = _turned[:, -1]",
)  # fmt: skip
def _(dW: Array, db: Array, dU: Array, dc: Array, dy: Array, x: Array, h: Array, scratch: Scratch, abreast: Rows) -> Calls:
    rows, one, n = abreast(x, h), len(dW) + 1, len(dU)
    assert rows is not None
    turned = scratch((3 * n, one))
    yield np.matmul, (matrix(dy)[:, : 3 * n].T, rows[:, :one], turned)
    for columns, part in ((slice(2 * n), turned[n:]), (slice(2 * n, None), turned[:n])):
        yield np.copyto, (dW[:, columns], part[:, :-1].T)
        yield np.copyto, (db[columns], part[:, -1])
    turned = scratch((3 * n, n + 1))
    yield np.matmul, (matrix(_carrying(dy)).T, rows[:, one:], turned)
    yield np.copyto, (dU, turned[:, :-1].T)
    yield np.copyto, (dc, turned[:, -1])


def _apart(batch: int, width: int) -> Shape:
    if width % 3:
        raise TypeError(f"a GRU has three blocks of units, and {width} sums came")
    return (batch, width // 3 * 4)


def _reading(weights: Array, dy: Array) -> Iterator[tuple[Array, Array]]:
    """The columns of W or b, with what arrives at their sums: the gates' and the candidate's."""
    n = dy.shape[-1] // 4
    yield weights[..., : 2 * n], dy[..., n : 3 * n]
    yield weights[..., 2 * n :], dy[..., :n]


def _carrying(dy: Array) -> Array:
    """What arrives at the sums of U and c, in their own order."""
    return dy[..., dy.shape[-1] // 4 :]


for _read, _weights, _bias, _places in (("x", "W", "b", _places_read), ("h", "U", "c", _places_carried)):
    gru_affine.pulls[_weights].edges = uses(_read, _places)
    gru_affine.pulls[_read].edges = ways(_weights, _places)
    gru_affine.pulls[_bias].edges = ones_of(_places)

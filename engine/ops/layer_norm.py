"""Normalising each position by itself: its units get mean 0 and spread 1, then a gain and a shift that are learned."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.adjacent import matrix
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op

MEASURED = """share = ones(x.shape[-1], 1) / x.shape[-1]
flat = rows(x)
away = flat - flat @ share
scale = 1 / np.sqrt((away * away) @ share + eps)
"""


@op("(x − mean(x)) / √(variance(x) + ε)", numpy=MEASURED + "fold(away * scale)", shape=lambda x: x, samples=[((3, 4),), ((2, 3, 4),), ((1, 1),)], eps=1e-5)
def layer_norm(out: Array, x: Array, eps: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    """The units of each position with their mean taken off and divided by their spread (Ba, Kiros and Hinton 2016, arXiv:1607.06450): (…, units)."""
    scale = scratch((x.size // x.shape[-1], 1))
    yield from _measured(x, matrix(out), scale, eps, ones, scratch)
    yield np.multiply, (matrix(out), scale, matrix(out))


@layer_norm.pull(
    "x",
    "(dy − mean(dy) − y × mean(dy × y)) / √(variance(x) + ε)",
    numpy=MEASURED + "back = (rows(dy) - rows(dy) @ share) - (rows(dy) * rows(y) @ share) * rows(y)\nfold(back * scale)",
)
def _(dx: Array, dy: Array, x: Array, y: Array, eps: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    dx, dy, y = matrix(dx), matrix(dy), matrix(y)
    scale, mean, along, work = scratch((len(y), 1)), scratch((len(y), 1)), scratch((len(y), 1)), scratch(y.shape)
    share = ones(y.shape[1], 1) / y.shape[1]
    yield from _measured(x, work, scale, eps, ones, scratch)
    yield dy.dot, (share, mean)
    yield np.multiply, (dy, y, work)
    yield work.dot, (share, along)
    yield np.subtract, (dy, mean, dx)
    yield np.multiply, (along, y, work)
    yield np.subtract, (dx, work, dx)
    yield np.multiply, (dx, scale, dx)


@layer_norm.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, unit = index
    x, y = values["x"][tuple(place)], values["y"][tuple(place)]
    scale = 1 / np.sqrt(x.var() + values["eps"])
    for other in range(y.size):
        local = scale * ((other == unit) - 1 / y.size - y[other] * y[unit] / y.size)
        yield Edge((*place, other), float(local), None, f"({int(other == unit)} − 1/{y.size} − y{other + 1} y{unit + 1}/{y.size}) / spread")


def _suits(x: Shape, g: Shape) -> Shape:
    if x[-1] != g[0]:
        raise TypeError(f"there are {g[0]} gains and {x[-1]} units")
    return x


@op("x × g + b", numpy="x * g + b", shape=lambda x, g, b: _suits(x, g), samples=[((3, 2), (2,), (2,)), ((2, 3, 2), (2,), (2,))])
def gain_and_shift(out: Array, x: Array, g: Array, b: Array) -> Calls:
    """Each unit times its own gain, and its own shift added: (…, units) with (units,) and (units,)."""
    yield np.multiply, (x, g, out)
    yield np.add, (out, b, out)


@gain_and_shift.pull("g", "sum(dy × x, positions)", numpy="ones(len(rows(x))) @ (rows(dy) * rows(x))")
def _(dg: Array, dy: Array, x: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    work = scratch(x.shape)
    yield np.multiply, (dy, x, work)
    yield ones(len(matrix(x))).dot, (matrix(work), dg)


@gain_and_shift.pull("b", "sum(dy, positions)", numpy="ones(len(rows(dy))) @ rows(dy)")
def _(db: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield ones(len(matrix(dy))).dot, (matrix(dy), db)


@gain_and_shift.pull("x", "dy × g", numpy="dy * g")
def _(dx: Array, dy: Array, g: Array) -> Calls:
    yield np.multiply, (dy, g, dx)


@gain_and_shift.edges("g")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for place in np.ndindex(values["x"].shape[:-1]):
        yield Edge((*place, index[0]), float(values["x"][(*place, index[0])]), ("x", (*place, index[0])), "x")


@gain_and_shift.edges("b")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for place in np.ndindex(values["x"].shape[:-1]):
        yield Edge((*place, index[0]), 1.0, None, "1")


@gain_and_shift.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge(index, float(values["g"][index[-1]]), ("g", (index[-1],)), "g")


def _measured(x: Array, away: Array, scale: Array, eps: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    """Write how far each unit is from its position's mean, and one over the spread there."""
    share, work = ones(x.shape[-1], 1) / x.shape[-1], scratch(away.shape)
    yield matrix(x).dot, (share, scale)
    yield np.subtract, (matrix(x), scale, away)
    yield np.multiply, (away, away, work)
    yield work.dot, (share, scale)
    yield np.add, (scale, eps, scale)
    yield np.sqrt, (scale, scale)
    yield np.divide, (np.array(1, x.dtype), scale, scale)

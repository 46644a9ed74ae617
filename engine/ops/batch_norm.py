"""Normalising over a batch: the mean and the variance of each feature over all examples, what they make of the values, and what is remembered of them.

A feature is a unit, or a channel of an image; the mean and the variance of a feature run over the examples and over all its places, such as pixels or
moments. Every example has a row of them, (batch, features), all rows alike: so each example says for itself what it passes back through them.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op

OVER = "axes = (0, 2, 3) if x.ndim == 4 else tuple(range(x.ndim - 1))\ncount = x.size // x.shape[1 if x.ndim == 4 else -1]\n"
APART = "apart = (-1, x.shape[1], 1, 1) if x.ndim == 4 else (-1, *(1,) * (x.ndim - 2), x.shape[-1])\n"
INSIDE = "inside = (2, 3) if x.ndim == 4 else tuple(range(1, x.ndim - 1))\n"


def _features(x: Shape) -> Shape:
    if len(x) < 2:
        raise TypeError("a batch of examples is expected")
    return (x[0], x[1] if len(x) == 4 else x[-1])


def _axes(x: Array) -> tuple[int, ...]:
    """The axes that a feature's statistics run over."""
    return (0, 2, 3) if x.ndim == 4 else tuple(range(x.ndim - 1))


def _count(x: Array) -> Array:
    return np.array(x.size // _features(x.shape)[1], x.dtype)


def _apart(values: Array, x: Array) -> Array:
    """Numbers of features, with or without rows for the examples, as a view that broadcasts over x."""
    ones = (1,) * (x.ndim - 2)
    return values.reshape((-1, values.shape[-1], *ones) if x.ndim == 4 else (-1, *ones, values.shape[-1]))


def _feature(index: Index) -> int:
    return index[1] if len(index) == 4 else index[-1]


def _places(x: Array, example: int, feature: int) -> Iterable[Index]:
    """Where the values of one feature of an example stand."""
    if x.ndim == 4:
        return ((example, feature, *place) for place in np.ndindex(*x.shape[2:]))
    return ((example, *place, feature) for place in np.ndindex(*x.shape[1:-1]))


SAMPLES = [((3, 2),), ((2, 3, 2),), ((2, 2, 2, 3),)]


@op("mean(x, batch and places)", numpy=f"{OVER}np.tile(x.sum(axis=axes) / count, (len(x), 1))", shape=_features, samples=SAMPLES)
def feature_mean(out: Array, x: Array, scratch: Callable[..., Array]) -> Calls:
    """The mean of each feature over the whole batch: (batch, …, features) or (batch, channels, height, width) to (batch, features), the same in every row."""
    total = scratch(out.shape[1:])
    yield np.add.reduce, (x, _axes(x), None, total)
    yield np.divide, (total, _count(x), total)
    yield np.copyto, (out, total)


@feature_mean.pull("x", "sum(dy, batch) / count", numpy=f"{OVER}{APART}np.zeros_like(x) + (dy.sum(axis=0) / count).reshape(apart)")
def _(dx: Array, dy: Array, scratch: Callable[..., Array]) -> Calls:
    total = scratch(dy.shape[1:])
    yield np.add.reduce, (dy, 0, None, total)
    yield np.divide, (total, _count(dx), total)
    yield np.copyto, (dx, _apart(total, dx))


@feature_mean.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    count = int(_count(values["x"]))
    for example in range(values["x"].shape[0]):
        yield Edge((example, _feature(index)), 1.0 / count, None, f"1 / {count}")


@op(
    "mean((x - mean(x))², batch and places)",
    numpy=f"{OVER}{APART}off = x - (x.sum(axis=axes) / count).reshape(apart)\nnp.tile((off * off).sum(axis=axes) / count, (len(x), 1))",
    shape=_features,
    samples=SAMPLES,
)
def feature_variance(out: Array, x: Array, scratch: Callable[..., Array]) -> Calls:
    """The variance of each feature over the whole batch, divided by how many values there are: (batch, features), the same in every row."""
    total, off = scratch(out.shape[1:]), scratch(x.shape)
    yield from _off(x, total, off)
    yield np.multiply, (off, off, off)
    yield np.add.reduce, (off, _axes(x), None, total)
    yield np.divide, (total, _count(x), total)
    yield np.copyto, (out, total)


@feature_variance.pull(
    "x",
    "sum(dy, batch) × 2 (x - mean(x)) / count",
    numpy=f"{OVER}{APART}off = x - (x.sum(axis=axes) / count).reshape(apart)\noff * (dy.sum(axis=0) * (2 / count)).reshape(apart)",
)
def _(dx: Array, dy: Array, x: Array, scratch: Callable[..., Array]) -> Calls:
    total = scratch(dy.shape[1:])
    yield from _off(x, total, dx)
    yield np.add.reduce, (dy, 0, None, total)
    yield np.multiply, (total, np.array(2 / int(_count(x)), x.dtype), total)
    yield np.multiply, (dx, _apart(total, x), dx)


@feature_variance.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    x, count = values["x"], int(_count(values["x"]))
    feature = _feature(index)
    own = x[:, feature] if x.ndim == 4 else x[..., feature]
    slope = float(2 * (x[index] - own.mean()) / count)
    for example in range(x.shape[0]):
        yield Edge((example, feature), slope, None, f"2 (x − mean) / {count}")


@op("what is remembered", numpy="np.tile(r, (rows, 1))", shape=lambda r, rows: (rows, *r), samples=[((3,), {"rows": 2})], choices={"rows": 1}, constants=("r",))
def remembered(out: Array, r: Array) -> Calls:
    """A running statistic in the place of the batch's own, (features,) to (rows, features). No gradient goes there: nothing learns it."""
    yield np.copyto, (out, r)


@op(
    "(x - mean) / sqrt(variance + eps)",
    numpy=APART + "(x - mean.reshape(apart)) / sqrt(variance + eps).reshape(apart)",
    shape=lambda x, mean, variance: x,
    samples=[((3, 2), (3, 2), (3, 2)), ((2, 3, 2), (2, 2), (2, 2)), ((2, 2, 2, 3), (2, 2), (2, 2))],
    eps=1e-5,
)
def standardize(out: Array, x: Array, mean: Array, variance: Array, eps: Array, scratch: Callable[..., Array]) -> Calls:
    """How far each value lies from the mean of its feature, in units of the feature's spread; `eps` keeps a feature that never changes from dividing by 0."""
    spread = scratch(variance.shape)
    yield from _spread(variance, eps, spread)
    yield np.subtract, (x, _apart(mean, x), out)
    yield np.divide, (out, _apart(spread, x), out)


@standardize.pull("x", "dy / sqrt(variance + eps)", numpy=APART + "dy / sqrt(variance + eps).reshape(apart)")
def _(dx: Array, dy: Array, variance: Array, eps: Array, scratch: Callable[..., Array]) -> Calls:
    spread = scratch(variance.shape)
    yield from _spread(variance, eps, spread)
    yield np.divide, (dy, _apart(spread, dx), dx)


@standardize.pull("mean", "-sum(dy, places) / sqrt(variance + eps)", numpy=INSIDE + "-(dy.sum(axis=inside) / sqrt(variance + eps))")
def _(dmean: Array, dy: Array, variance: Array, eps: Array, scratch: Callable[..., Array]) -> Calls:
    spread = scratch(variance.shape)
    yield from _spread(variance, eps, spread)
    yield np.add.reduce, (dy, _inside(dy), None, dmean)
    yield np.divide, (dmean, spread, dmean)
    yield np.negative, (dmean, dmean)


@standardize.pull("variance", "-sum(dy * y, places) / (2 (variance + eps))", numpy=INSIDE + "-((dy * y).sum(axis=inside) / ((variance + eps) * 2))")
def _(dvariance: Array, dy: Array, y: Array, variance: Array, eps: Array, scratch: Callable[..., Array]) -> Calls:
    below, product = scratch(variance.shape), scratch(dy.shape)
    yield np.multiply, (dy, y, product)
    yield np.add.reduce, (product, _inside(dy), None, dvariance)
    yield np.add, (variance, eps, below)
    yield np.multiply, (below, np.array(2, below.dtype), below)
    yield np.divide, (dvariance, below, dvariance)
    yield np.negative, (dvariance, dvariance)


@standardize.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    spread = np.sqrt(values["variance"][index[0], _feature(index)] + values["eps"])
    yield Edge(index, float(1 / spread), None, "1 / sqrt(variance + eps)")


@standardize.edges("mean")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    spread = np.sqrt(values["variance"][index] + values["eps"])
    for place in _places(values["x"], *index):
        yield Edge(place, float(-1 / spread), None, "−1 / sqrt(variance + eps)")


@standardize.edges("variance")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    below = 2 * (values["variance"][index] + values["eps"])
    for place in _places(values["x"], *index):
        yield Edge(place, float(-values["y"][place] / below), None, "−y / (2 (variance + eps))")


@op(
    "gamma * x + beta",
    numpy=APART + "x * gamma.reshape(apart) + beta.reshape(apart)",
    shape=lambda x, gamma, beta: x,
    samples=[((3, 2), (2,), (2,)), ((2, 3, 2), (2,), (2,)), ((2, 2, 2, 3), (2,), (2,))],
)
def scale_shift(out: Array, x: Array, gamma: Array, beta: Array) -> Calls:
    """Each feature with a size and a middle of its own, which are learned."""
    yield np.multiply, (x, _apart(gamma, x), out)
    yield np.add, (out, _apart(beta, x), out)


@scale_shift.pull("gamma", "sum(dy * x, batch and places)", numpy=OVER + "(dy * x).sum(axis=axes)")
def _(dgamma: Array, dy: Array, x: Array, scratch: Callable[..., Array]) -> Calls:
    product = scratch(x.shape)
    yield np.multiply, (dy, x, product)
    yield np.add.reduce, (product, _axes(x), None, dgamma)


@scale_shift.pull("beta", "sum(dy, batch and places)", numpy=OVER + "dy.sum(axis=axes)")
def _(dbeta: Array, dy: Array) -> Calls:
    yield np.add.reduce, (dy, _axes(dy), None, dbeta)


@scale_shift.pull("x", "dy * gamma", numpy=APART + "dy * gamma.reshape(apart)")
def _(dx: Array, dy: Array, gamma: Array) -> Calls:
    yield np.multiply, (dy, _apart(gamma, dx), dx)


@scale_shift.edges("gamma")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    x = values["x"]
    for example in range(x.shape[0]):
        for place in _places(x, example, index[0]):
            yield Edge(place, float(x[place]), ("x", place), "x")


@scale_shift.edges("beta")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    for example in range(values["x"].shape[0]):
        for place in _places(values["x"], example, index[0]):
            yield Edge(place, 1.0, None, "1")


@scale_shift.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    feature = _feature(index)
    yield Edge(index, float(values["gamma"][feature]), ("gamma", (feature,)), "gamma")


for _op in (feature_mean, feature_variance):
    _op.mixes = True


def _off(x: Array, total: Array, off: Array) -> Calls:
    """x less the mean of its feature."""
    yield np.add.reduce, (x, _axes(x), None, total)
    yield np.divide, (total, _count(x), total)
    yield np.subtract, (x, _apart(total, x), off)


def _spread(variance: Array, eps: Array, into: Array) -> Calls:
    yield np.add, (variance, eps, into)
    yield np.sqrt, (into, into)


def _inside(x: Array) -> tuple[int, ...]:
    """The axes of the places of one example."""
    return (2, 3) if x.ndim == 4 else tuple(range(1, x.ndim - 1))

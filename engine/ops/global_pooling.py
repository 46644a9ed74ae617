"""Global pooling: what all places of a channel say in one number, its largest or its mean. Places are pixels of an image or moments of a sequence."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op

SAMPLES = [((2, 2, 3, 2),), ((2, 3, 2),), ((1, 1, 1, 1),)]
FLAT = "flat = x.reshape(len(x), x.shape[1], -1) if x.ndim == 4 else x.swapaxes(1, 2)\n"


def _channels(x: Shape) -> Shape:
    if len(x) not in (3, 4):
        raise TypeError(f"an image of channels, height and width or a sequence is expected, and values of shape {list(x[1:])} came")
    return (x[0], x[1] if len(x) == 4 else x[2])


def _flat(x: Array) -> Array:
    """The places of each channel in a row: a view of (batch, channels, places)."""
    return x.reshape(*x.shape[:2], -1) if x.ndim == 4 else x.swapaxes(1, 2)


@op("mean(x, places)", numpy=f"{FLAT}flat.sum(axis=2) / flat.shape[2]", shape=_channels, samples=SAMPLES)
def global_average(out: Array, x: Array) -> Calls:
    """The mean of each channel over its places: (batch, channels, height, width) or (batch, steps, channels) to (batch, channels)."""
    yield np.add.reduce, (_flat(x), 2, None, out)
    yield np.divide, (out, np.array(_flat(x).shape[2], x.dtype), out)


@global_average.pull(
    "x",
    "dy / places, to all of them",
    numpy=FLAT + "share = dy / flat.shape[2]\nnp.zeros_like(x) + (share[:, :, None, None] if x.ndim == 4 else share[:, None])",
)
def _(dx: Array, dy: Array, scratch: Callable[..., Array]) -> Calls:
    share = scratch(dy.shape)
    yield np.divide, (dy, np.array(_flat(dx).shape[2], dx.dtype), share)
    yield np.copyto, (_flat(dx), share[:, :, None])


@global_average.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    places = _flat(values["x"]).shape[2]
    yield Edge((index[0], _channel(index)), 1.0 / places, None, f"1 / {places}")


@op("largest of x, places", numpy=f"{FLAT}flat.max(axis=2)", shape=_channels, samples=SAMPLES)
def global_max(out: Array, x: Array) -> Calls:
    """The largest value of each channel: (batch, channels, height, width) or (batch, steps, channels) to (batch, channels)."""
    yield np.maximum.reduce, (_flat(x), 2, None, out)


@global_max.pull(
    "x",
    "dy, to the first largest of each channel; 0 to the others",
    numpy=FLAT + "won = np.zeros_like(flat)\nnp.put_along_axis(won, flat.argmax(axis=2)[:, :, None], dy[:, :, None], axis=2)\n"
    "won.reshape(x.shape) if x.ndim == 4 else won.swapaxes(1, 2)",
)
def _(dx: Array, dy: Array, x: Array, scratch: Callable[..., Array]) -> Calls:
    flat = _flat(x)
    first, places, won = scratch(dy.shape, np.intp), np.arange(flat.shape[2]), scratch(flat.shape, np.bool_)
    yield flat.argmax, (2, first)
    yield np.equal, (first[:, :, None], places, won)
    yield dx.fill, (0,)
    yield partial(np.copyto, where=won), (_flat(dx), dy[:, :, None])


@global_max.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    flat = _flat(values["x"])[index[0], _channel(index)]
    place = index[2] * values["x"].shape[3] + index[3] if len(index) == 4 else index[1]
    won = int(np.argmax(flat)) == place
    yield Edge((index[0], _channel(index)), 1.0 if won else 0.0, None, "1" if won else "0")


def _channel(index: Index) -> int:
    return index[1] if len(index) == 4 else index[2]

"""Pooling: what a window of each channel says in one number, its largest or its mean."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from engine.formula.calls import Array, keep
from engine.op import Calls, Edge, Index, Shape, op
from engine.ops.windows import places, seen

SAMPLES = [((2, 2, 4, 4),), ((2, 1, 5, 4), {"size": 3, "stride": 1}), ((1, 1, 2, 3), {"size": 2, "stride": 2})]


def _pooled(x: Shape, size: int, stride: int) -> Shape:
    if len(x) != 4:
        raise TypeError(f"pooling reads images of channels, height and width, and values of shape {list(x[1:])} came")
    return (*x[:2], *places(x[2:], (size, size), stride))


ENDS = "ends = stride * ((x.shape[2] - size) // stride) + 1, stride * ((x.shape[3] - size) // stride) + 1\n"
SEEN = "x[:, :, i:i + ends[0]:stride, j:j + ends[1]:stride] for i, j in np.ndindex(size, size)"
BACK = """
for i, j in np.ndindex(size, size):
    part = back[:, :, i:i + ends[0]:stride, j:j + ends[1]:stride]
"""


@op("largest of each window of x", numpy=f"{ENDS}np.max([{SEEN}], axis=0)", shape=_pooled, samples=SAMPLES, choices={"size": 2, "stride": 2})
def max_pool(out: Array, x: Array, size: int, stride: int) -> Calls:
    """The largest value that each window sees: (batch, channels, height, width) to (batch, channels, places down, places across)."""
    for number, offset in enumerate(np.ndindex(size, size)):
        part = seen(x, offset, out.shape[2:], stride)
        if number:
            yield partial(np.maximum, out=out), (out, part)
        else:
            yield np.copyto, (out, part)


@max_pool.pull(
    "x",
    "dy, to the first largest of each window; 0 to the others",
    numpy=ENDS
    + "back, free = np.zeros_like(x), np.ones(dy.shape, bool)"
    + BACK
    + """    won = free & (x[:, :, i:i + ends[0]:stride, j:j + ends[1]:stride] == y)
    part[...] = np.where(won, dy, 0) if stride >= size else part + np.where(won, dy, 0)
    free &= ~won
back""",
)
def _(dx: Array, dy: Array, x: Array, y: Array, scratch: Callable[..., Array], size: int, stride: int) -> Calls:
    free, won, share = scratch(dy.shape, np.bool_), scratch(dy.shape, np.bool_), scratch(dy.shape)
    apart = stride >= size
    yield dx.fill, (0,)
    yield free.fill, (True,)
    for offset in np.ndindex(size, size):
        part = seen(dx, offset, dy.shape[2:], stride)
        yield np.equal, (seen(x, offset, dy.shape[2:], stride), y, won)
        yield np.logical_and, (won, free, won)
        yield np.greater, (free, won, free)
        yield from keep(won, dy, part if apart else share)
        if not apart:
            yield np.add, (part, share, part)


@max_pool.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    x, y = values["x"], values["y"]
    for place, offset in _windows_on(index, y.shape, values["size"], values["stride"]):
        window = x[place[0], place[1], index[2] - offset[0] :, index[3] - offset[1] :][: values["size"], : values["size"]]
        won = tuple(int(i) for i in np.unravel_index(int(np.argmax(window)), window.shape)) == offset
        yield Edge(place, 1.0 if won else 0.0, None, "1" if won else "0")


@op("mean of each window of x", numpy=f"{ENDS}sum([{SEEN}]) / size**2", shape=_pooled, samples=SAMPLES, choices={"size": 2, "stride": 2})
def average_pool(out: Array, x: Array, size: int, stride: int) -> Calls:
    """The mean of what each window sees: (batch, channels, height, width) to (batch, channels, places down, places across)."""
    for number, offset in enumerate(np.ndindex(size, size)):
        part = seen(x, offset, out.shape[2:], stride)
        yield (np.add, (out, part, out)) if number else (np.copyto, (out, part))
    yield np.divide, (out, np.array(size**2, out.dtype), out)


@average_pool.pull("x", "dy / window, to all of it", numpy=ENDS + "back = np.zeros_like(x)" + BACK + "    part += dy / size**2\nback")
def _(dx: Array, dy: Array, scratch: Callable[..., Array], size: int, stride: int) -> Calls:
    share = scratch(dy.shape)
    yield np.divide, (dy, np.array(size**2, dy.dtype), share)
    yield dx.fill, (0,)
    for offset in np.ndindex(size, size):
        part = seen(dx, offset, dy.shape[2:], stride)
        yield np.add, (part, share, part)


@average_pool.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    size = values["size"]
    for place, _ in _windows_on(index, values["y"].shape, size, values["stride"]):
        yield Edge(place, 1.0 / size**2, None, f"1 / {size**2}")


def _windows_on(index: Index, y: Shape, size: int, stride: int) -> Iterator[tuple[Index, tuple[int, int]]]:
    """The windows that see a pixel, and where in each it stands."""
    example, channel, row, column = index
    for i, j in np.ndindex(size, size):
        (down, off), (across, aside) = divmod(row - i, stride), divmod(column - j, stride)
        if not off and not aside and 0 <= down < y[2] and 0 <= across < y[3]:
            yield (example, channel, down, across), (i, j)

"""Convolution over images, as one product: every window of the image is laid out as a column, and the filters weigh all columns at once."""

from collections.abc import Callable, Iterable, Mapping
from math import prod
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op
from engine.ops.windows import Columns, Spread, places


def _convolved(x: Shape, W: Shape, b: Shape, stride: int, padding: int, groups: int) -> Shape:
    if len(x) != 4:
        raise TypeError(f"a convolution reads images of channels, height and width, and values of shape {list(x[1:])} came")
    if x[1] != W[1] * groups:
        raise TypeError(f"the filters read {W[1] * groups} channels and {x[1]} came")
    return (x[0], W[0], *places(x[2:], W[2:], stride, padding))


COLUMNS = """wide = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
ends = wide.shape[2] - W.shape[2] + 1, wide.shape[3] - W.shape[3] + 1
columns = np.stack([wide[:, :, i:ends[0] + i:stride, j:ends[1] + j:stride] for i, j in np.ndindex(*W.shape[2:])], axis=2)
columns = columns.reshape(len(x), groups, -1, columns.shape[3] * columns.shape[4])
"""
"""The windows as columns in NumPy: (batch, groups, channels × window, places)."""

SAMPLES = [
    ((2, 1, 4, 4), (2, 1, 3, 3), (2,)),
    ((2, 2, 5, 4), (3, 2, 3, 2), (3,), {"stride": 2, "padding": 1}),
    ((2, 4, 3, 3), (4, 2, 2, 2), (4,), {"groups": 2, "padding": 1}),
    ((1, 1, 1, 1), (1, 1, 1, 1), (1,)),
]


@op(
    "sum of each window of x, weighed by the filter W, + b",
    numpy=COLUMNS + "shaped(W.reshape(groups, len(W) // groups, -1) @ columns) + b.reshape(-1, 1, 1)",
    shape=_convolved, samples=SAMPLES, choices={"stride": 1, "padding": 0, "groups": 1},
)  # fmt: skip
def conv2d(out: Array, x: Array, W: Array, b: Array, scratch: Callable[..., Array], stride: int, padding: int, groups: int) -> Calls:
    """Each filter looks at every window of the image: (batch, channels, height, width) with (filters, channels / groups, height, width) and (filters,).

    `padding` lays a border of zeros around the image, `stride` is how far the window moves, and each group of filters sees its own group of channels.
    """
    windows = Columns(x.shape, W.shape[2:], out.shape[2:], stride, padding, scratch)
    yield from windows.lay_out(x)
    yield np.matmul, (_rows(W, groups), _columns(windows, groups), _split(out, groups))
    yield np.add, (out, b.reshape(-1, 1, 1), out)


@conv2d.pull(
    "W",
    "sum over windows and examples of dy × the window of x",
    numpy=COLUMNS + "shaped((dy.reshape(len(x), groups, dy.shape[1] // groups, -1) @ columns.swapaxes(2, 3)).sum(axis=0))",
)
def _(dW: Array, dy: Array, x: Array, scratch: Callable[..., Array], stride: int, padding: int, groups: int) -> Calls:
    windows = Columns(x.shape, dW.shape[2:], dy.shape[2:], stride, padding, scratch)
    yield from windows.lay_out(x)
    each = scratch((x.shape[0], *_rows(dW, groups).shape))
    yield np.matmul, (_split(dy, groups), _columns(windows, groups).swapaxes(-1, -2), each)
    yield np.add.reduce, (each, 0, None, _rows(dW, groups))


@conv2d.pull("b", "sum(dy, windows and examples)", numpy="dy.sum(axis=(0, 2, 3))")
def _(db: Array, dy: Array) -> Calls:
    yield np.add.reduce, (dy, (0, 2, 3), None, db)


@conv2d.pull(
    "x",
    "dy, spread back over the windows by the filter W",
    numpy="""spaced = np.pad(dy, ((0, 0), (0, 0), (0, 0), (0, W.shape[3] - 1)))
columns = W.reshape(groups, len(W) // groups, -1).swapaxes(1, 2) @ spaced.reshape(len(x), groups, dy.shape[1] // groups, -1)
columns = columns.reshape(len(x), x.shape[1], *W.shape[2:], *spaced.shape[2:])
wide = np.zeros((len(x), x.shape[1], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding), x.dtype)
ends = stride * (dy.shape[2] - 1) + 1, stride * (dy.shape[3] - 1) + 1
for i, j in np.ndindex(*W.shape[2:]):
    wide[:, :, i:i + ends[0]:stride, j:j + ends[1]:stride] += columns[:, :, i, j, :, :dy.shape[3]]
wide[:, :, padding:padding + x.shape[2], padding:padding + x.shape[3]]""",
)
def _(dx: Array, dy: Array, W: Array, scratch: Callable[..., Array], stride: int, padding: int, groups: int) -> Calls:
    windows = Spread(dx.shape, W.shape[2:], dy.shape[2:], stride, padding, scratch)
    spaced = scratch((*dy.shape[:3], windows.pitch))
    yield spaced.fill, (0,)
    yield np.copyto, (spaced[..., : dy.shape[3]], dy)
    yield np.matmul, (_rows(W, groups).swapaxes(-1, -2), _split(spaced, groups), windows.grid.reshape(len(dx), groups, -1, prod(spaced.shape[2:])))
    yield from windows.add_up(dx)


@conv2d.edges("W")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    x, y, W = values["x"], values["y"], values["W"]
    filter_, inner, row, column = index
    channel = inner + W.shape[1] * (filter_ // (W.shape[0] // values["groups"]))
    for example, height, width in np.ndindex(y.shape[0], *y.shape[2:]):
        place = (example, channel, height * values["stride"] - values["padding"] + row, width * values["stride"] - values["padding"] + column)
        if 0 <= place[2] < x.shape[2] and 0 <= place[3] < x.shape[3]:
            yield Edge((example, filter_, height, width), float(x[place]), ("x", place), "x")


@conv2d.edges("b")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    y = values["y"]
    for example, height, width in np.ndindex(y.shape[0], *y.shape[2:]):
        yield Edge((example, index[0], height, width), 1.0, None, "1")


@conv2d.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    W, y, stride, padding = values["W"], values["y"], values["stride"], values["padding"]
    example, channel, row, column = index
    group, inner = divmod(channel, W.shape[1])
    filters = W.shape[0] // values["groups"]
    for i, j in np.ndindex(*W.shape[2:]):
        (height, off), (width, aside) = divmod(row + padding - i, stride), divmod(column + padding - j, stride)
        if off or aside or not (0 <= height < y.shape[2] and 0 <= width < y.shape[3]):
            continue
        for filter_ in range(group * filters, (group + 1) * filters):
            place = (filter_, inner, i, j)
            yield Edge((example, filter_, height, width), float(W[place]), ("W", place), "W")


def _rows(W: Array, groups: int) -> Array:
    """The filters of each group as rows: (groups, filters of a group, channels × window)."""
    return W.reshape(groups, W.shape[0] // groups, -1)


def _split(y: Array, groups: int) -> Array:
    """What belongs to each group: (batch, groups, filters of a group, places)."""
    return y.reshape(y.shape[0], groups, y.shape[1] // groups, -1)


def _columns(windows: Columns, groups: int) -> Array:
    """The windows as columns: (batch, groups, channels × window, places)."""
    return windows.grid.reshape(windows.grid.shape[0], groups, -1, prod(windows.count))

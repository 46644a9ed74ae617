"""The same numbers in another shape."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Shape, op


def _shaped(x: Shape, to: Shape) -> Shape:
    if prod(to) != prod(x[1:]):
        raise TypeError(f"{prod(x[1:])} values of each example do not fit into {list(to)}, which holds {prod(to)}")
    return (x[0], *to)


@op("x, in another shape", numpy="shaped(x)", shape=_shaped, samples=[((2, 6), {"to": (3, 2)}), ((2, 3, 2), {"to": (6,)})], choices={"to": (6,)})
def reshape(out: Array, x: Array, to: Shape) -> Calls:
    """The same numbers of each example in another shape, in the same order: (batch, …) to (batch, *to)."""
    yield np.copyto, (out.reshape(x.shape), x)


@reshape.pull("x", "dy, in the shape of x", numpy="shaped(dy)")
def _(dx: Array, dy: Array) -> Calls:
    yield np.copyto, (dx.reshape(dy.shape), dy)


@reshape.edges("x")
def _(index: Index, values: Mapping[str, Any]) -> Iterable[Edge]:
    x, y = values["x"], values["y"]
    place = np.ravel_multi_index(index, x.shape)
    yield Edge(tuple(int(i) for i in np.unravel_index(place, y.shape)), 1.0, None, "1")

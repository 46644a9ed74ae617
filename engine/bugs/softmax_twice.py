"""Multiplying by the slope of the softmax once too often."""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Literal

import numpy as np

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.ops import OPS
from engine.tape import Node, Tape

SOFTMAX, INSIDE = OPS["softmax"], OPS["softmax_cross_entropy"]


def _twice(dx: Array, dy: Array, y: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    once = scratch(y.shape)
    yield from SOFTMAX.pulls["x"].emit(once, dy, y, ones, scratch)
    yield from SOFTMAX.pulls["x"].emit(dx, once, y, ones, scratch)


def _twice_edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, unit = index
    slope = _jacobian(values["y"][tuple(place)])
    for other, local in enumerate(slope[unit] @ slope):
        yield Edge((*place, other), float(local), None, "J²")


def _again(dz: Array, dy: Array, z: Array, t: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    shares, once = scratch(z.shape), scratch(z.shape)
    yield from SOFTMAX.emit(shares, z, ones, scratch)
    yield from INSIDE.pulls["z"].emit(once, dy, z, t, ones, scratch)
    yield from SOFTMAX.pulls["x"].emit(dz, once, shares, ones, scratch)


def _again_edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    example, unit = index
    z = values["z"][example]
    shares = np.exp(z - z.max())
    shares = shares / shares.sum()
    yield Edge((example, 0), float(_jacobian(shares)[unit] @ (shares - values["t"][example])), None, "J (p - t)")


def _jacobian(y: Array) -> Array:
    return np.asarray(np.diag(y) - np.outer(y, y))


TWICE_LINES = """product = rows(dy) * rows(y)
once = (rows(dy) - product @ ones(y.shape[-1], 1)) * rows(y)
product = once * rows(y)
fold((once - product @ ones(y.shape[-1], 1)) * rows(y))"""
AGAIN_LINES = """share = exp(z - z.max(axis=1, keepdims=True))
share = share / (share @ ones(z.shape[1], 1))
once = (share - t) * dy
product = once * share
(once - product @ ones(z.shape[1], 1)) * share"""
TWICE = {
    "softmax": Pull("J² dy", _twice, _twice_edges, TWICE_LINES),
    "softmax_cross_entropy": Pull("dy × J (softmax(z) − t)", _again, _again_edges, AGAIN_LINES),
}


class SoftmaxTwice(Bug):
    """The slope of the softmax is applied a second time, to a gradient that already holds it."""

    title: ClassVar[str] = "softmax Jacobian twice"
    does: ClassVar[str] = (
        "p − t is the gradient behind the softmax already; multiplied by the softmax's Jacobian J once more, "
        "it almost vanishes wherever the network is sure, right or wrong."
    )
    slip: ClassVar[str] = "The softmax's Jacobian is in that once too often."
    needs: ClassVar[str] = "it needs a softmax, as a layer or inside the loss of several classes, and there is none here"
    kind: Literal["softmax_twice"] = "softmax_twice"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        return TWICE.get(node.op.name, own) if node.op is not None else own

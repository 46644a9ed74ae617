"""Sums and means: over the outputs of an example, over the examples of a batch, over a weight matrix for its penalty."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, elementwise, op


@op("sum(x, outputs)", numpy="x @ ones(x.shape[-1], 1)", shape=lambda x: (*x[:-1], 1), samples=[((4, 3),), ((1, 2),), ((2, 3, 2),)])
def row_sum(out: Array, x: Array, ones: Callable[..., Array]) -> Calls:
    """The terms of each example, or of each of its steps, added up: (…, outputs) to (…, 1)."""
    yield x.dot, (ones(x.shape[-1], 1), out)


@row_sum.pull("x", "dy, to every output", numpy="np.repeat(dy, x.shape[-1], axis=-1)")
def _(dx: Array, dy: Array) -> Calls:
    yield np.copyto, (dx, dy)


@row_sum.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge((*index[:-1], 0), 1.0, None, "1")


@op(
    "mean(x, outputs)",
    numpy="x @ (ones(x.shape[-1], 1) / x.shape[-1])",
    shape=lambda x: (*x[:-1], 1),
    samples=[((4, 3),), ((1, 2),), ((2, 3, 2),)],
)
def row_mean(out: Array, x: Array, ones: Callable[..., Array]) -> Calls:
    """The mean of the terms of each example, or of each of its steps: (…, outputs) to (…, 1)."""
    yield x.dot, (ones(x.shape[-1], 1) / x.shape[-1], out)


@row_mean.pull("x", "dy / outputs", numpy="fold(ones(len(rows(x)), x.shape[-1]) / x.shape[-1] * rows(dy))")
def _(dx: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield np.multiply, (ones(*dx.shape) / dx.shape[-1], dy, dx)


@row_mean.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    outputs = values["x"].shape[-1]
    yield Edge((*index[:-1], 0), 1.0 / outputs, None, f"1 / {outputs}")


@op("mean(x, examples)", numpy="share = ones(len(x)) / len(x)\nshare @ x.reshape(-1)", shape=lambda x: (), samples=[((4, 1),), ((1, 1),)])
def batch_mean(out: Array, x: Array, ones: Callable[..., Array]) -> Calls:
    """The loss of the batch: the mean over its examples, (batch, 1) to a single number."""
    yield (ones(x.shape[0]) / x.shape[0]).dot, (x.reshape(-1), out)


@batch_mean.pull("x", "dy / n", numpy="ones(len(x), 1) / len(x) * dy")
def _(dx: Array, dy: Array, ones: Callable[..., Array]) -> Calls:
    yield np.multiply, (ones(*dx.shape) / dx.shape[0], dy, dx)


@batch_mean.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    rows = values["x"].shape[0]
    yield Edge((), 1.0 / rows, None, f"1 / {rows}")


@op("l2 / 2 × sum(W²)", numpy="flat = W.reshape(-1)\nflat @ flat * (l2 * 0.5)", shape=lambda W: (), samples=[((3, 2),)], l2=0.1)
def l2_penalty(out: Array, W: Array, l2: Array, scratch: Callable[..., Array]) -> Calls:
    """Half of λ times the sum of the squared weights: it pulls every weight towards 0 in proportion to its size."""
    flat = W.reshape(-1)
    half = scratch(())
    yield flat.dot, (flat, out)
    yield np.multiply, (l2, np.array(0.5, W.dtype), half)
    yield np.multiply, (out, half, out)


@l2_penalty.pull("W", "dy * l2 * W", numpy="W * (dy * l2)")
def _(dW: Array, dy: Array, W: Array, l2: Array, scratch: Callable[..., Array]) -> Calls:
    factor = scratch(())
    yield np.multiply, (dy, l2, factor)
    yield np.multiply, (W, factor, dW)


@l2_penalty.edges("W")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge((), float(values["l2"] * values["W"][index]), None, "l2 * W")


@op("l1 × sum(|W|)", numpy="sizes = abs(W).reshape(-1)\nsizes @ ones(W.size) * l1", shape=lambda W: (), samples=[((3, 2),)], l1=0.1)
def l1_penalty(out: Array, W: Array, l1: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    """λ times the sum of the weights' sizes: it pulls every weight towards 0 with the same force."""
    sizes = scratch(W.shape)
    yield np.absolute, (W, sizes)
    yield sizes.reshape(-1).dot, (ones(W.size), out)
    yield np.multiply, (out, l1, out)


l1_penalty.joints = ("W",)


@l1_penalty.pull("W", "dy * l1 * sign(W)", numpy="sign(W) * (dy * l1)")
def _(dW: Array, dy: Array, W: Array, l1: Array, scratch: Callable[..., Array]) -> Calls:
    factor = scratch(())
    yield np.sign, (W, dW)
    yield np.multiply, (dy, l1, factor)
    yield np.multiply, (dW, factor, dW)


@l1_penalty.edges("W")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge((), float(values["l1"] * np.sign(values["W"][index])), None, "l1 * sign(W)")


add = elementwise("add", y="a + b", da="dy", db="dy", samples=[(), (3, 2)], doc="Two values added; the cotangent goes to both.")

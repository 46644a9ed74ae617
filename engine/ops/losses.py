"""What a prediction p costs against a target t: term by term, or example by example."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.adjacent import matrix
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, elementwise, op

SHAPES = [(3, 2), (1, 1)]

squared_error = elementwise(
    "squared_error", y="(p - t)**2", dp="dy * (2 * (p - t))", constants=("t",), samples=SHAPES,
    doc="The square of the miss.",
)  # fmt: skip
halved_squared_error = elementwise(
    "halved_squared_error", y="(p - t)**2 / 2", dp="dy * (p - t)", constants=("t",), samples=SHAPES,
    doc="Half the square of the miss, as in textbooks, so that its slope is the miss itself.",
)  # fmt: skip
absolute_error = elementwise(
    "absolute_error", y="abs(p - t)", dp="dy * sign(p - t)", constants=("t",), samples=SHAPES,
    doc="The size of the miss; its slope is 1 or −1, and taken as 0 where there is no miss.",
)  # fmt: skip
huber_error = elementwise(
    "huber_error",
    y="where(abs(p - t) <= delta, (p - t)**2 / 2, delta * (abs(p - t) - delta / 2))",
    dp="dy * maximum(minimum(p - t, delta), -delta)", constants=("t",), attributes={"delta": 1.0}, samples=SHAPES,
    doc="Squared near the target, straight beyond δ, so that one bad example cannot shout (Huber 1964).",
)  # fmt: skip
binary_cross_entropy_error = elementwise(
    "binary_cross_entropy_error",
    y="-(t * maximum(log(p), -100) + (1 - t) * maximum(log1p(-p), -100))",
    dp="dy * (where(log1p(-p) > -100, (1 - t) / (1 - p), 0) - where(log(p) > -100, t / p, 0))", constants=("t",), samples=SHAPES,
    doc="The surprise at the true class, given its probability p; logarithms are held above −100, and have no slope where they are.",
)  # fmt: skip
logistic_error = elementwise(
    "logistic_error", y="maximum(z, 0) - z * t + log1p(exp(-abs(z)))", dz="dy * (1 / (1 + exp(-z)) - t)", constants=("t",), samples=SHAPES,
    doc="Sigmoid and binary cross-entropy in one, safe for any logit z: its slope is p − t with p = σ(z).",
)  # fmt: skip
cross_entropy_term = elementwise(
    "cross_entropy_term", y="-(t * maximum(log(p), -100))", dp="where(log(p) > -100, -(dy * t / p), 0)", constants=("t",), samples=SHAPES,
    doc="The surprise at the true class, given its probability p: only the true class counts.",
)  # fmt: skip


@op(
    "ln(sum(exp(z))) − sum(t × z)",
    numpy="shifted = rows(z) - rows(z).max(axis=1, keepdims=True)\npicked = shifted * rows(t)\n"
    "fold(log(exp(shifted) @ ones(z.shape[-1], 1)) - picked @ ones(z.shape[-1], 1))",
    shape=lambda z, t: (*z[:-1], 1),
    samples=[((4, 3), (4, 3)), ((1, 2), (1, 2)), ((2, 3, 2), (2, 3, 2))],
    constants=("t",),
)
def softmax_cross_entropy(out: Array, z: Array, t: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    """Softmax and categorical cross-entropy in one, one number an example or a step; its slope is p − t with p = softmax(z). Each t sums to 1."""
    out, z, t = map(matrix, (out, z, t))
    shifted, work = scratch(z.shape), scratch(z.shape)
    top, picked = scratch(out.shape), scratch(out.shape)
    column = ones(z.shape[1], 1)
    yield np.maximum.reduce, (z, 1, None, top, True)
    yield np.subtract, (z, top, shifted)
    yield np.multiply, (shifted, t, work)
    yield work.dot, (column, picked)
    yield np.exp, (shifted, work)
    yield work.dot, (column, out)
    yield np.log, (out, out)
    yield np.subtract, (out, picked, out)


@softmax_cross_entropy.pull(
    "z",
    "dy × (softmax(z) − t)",
    numpy="share = exp(rows(z) - rows(z).max(axis=1, keepdims=True))\nfold((share / (share @ ones(z.shape[-1], 1)) - rows(t)) * rows(dy))",
)
def _(dz: Array, dy: Array, z: Array, t: Array, ones: Callable[..., Array], scratch: Callable[..., Array]) -> Calls:
    dz, dy, z, t = map(matrix, (dz, dy, z, t))
    top, total = scratch(dy.shape), scratch(dy.shape)
    yield np.maximum.reduce, (z, 1, None, top, True)
    yield np.subtract, (z, top, dz)
    yield np.exp, (dz, dz)
    yield dz.dot, (ones(z.shape[1], 1), total)
    yield np.divide, (dz, total, dz)
    yield np.subtract, (dz, t, dz)
    yield np.multiply, (dz, dy, dz)


@softmax_cross_entropy.edges("z")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, unit = index
    z = values["z"][tuple(place)]
    share = np.exp(z - z.max())
    p = float(share[unit] / share.sum())
    yield Edge((*place, 0), p - float(values["t"][index]), None, "p - t")


@softmax_cross_entropy.slopes("z")
def _(example: int, values: Mapping[str, Array]) -> Array | None:
    z = values["z"][example]
    if z.ndim > 1:
        return None
    share = np.exp(z - z.max())
    return np.asarray(share / share.sum() - values["t"][example])[:, None]

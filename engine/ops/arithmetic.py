"""The arithmetic and the functions that a formula of one's own is made of, each an op of its own."""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, elementwise, op

SHAPES = [(3, 2), (1, 1)]

subtract = elementwise(
    "subtract", y="a - b", da="dy", db="-dy", samples=SHAPES, doc="One value less another; the cotangent goes to both, to b with its sign turned."
)
divide = elementwise(
    "divide", y="a / b", da="dy / b", db="dy * (-(a / b**2))", samples=SHAPES,
    doc="One value divided by another. The smaller b is, the more either of them counts.",
)  # fmt: skip
negate = elementwise("negate", y="-x", dx="-dy", samples=SHAPES, doc="The value with its sign turned, and so is the cotangent.")
square = elementwise("square", y="x**2", dx="dy * (2 * x)", samples=SHAPES, doc="The value times itself: it is read twice, so its slope is 2 x.")
exp = elementwise("exp", y="exp(x)", dx="dy * y", samples=SHAPES, doc="The exponential function, which is its own slope.")
log = elementwise("log", y="log(p)", dp="dy / p", samples=SHAPES, doc="The natural logarithm, of a number above 0; its slope is 1 / p.")
sqrt = elementwise("sqrt", y="sqrt(p)", dp="dy / (2 * y)", samples=SHAPES, doc="The square root, of a number that is not negative; it is steep near 0.")
sin = elementwise("sin", y="sin(x)", dx="dy * cos(x)", samples=SHAPES, doc="The sine; its slope is the cosine.")
cos = elementwise("cos", y="cos(x)", dx="dy * (-sin(x))", samples=SHAPES, doc="The cosine; its slope is the sine with its sign turned.")
absolute = elementwise("abs", y="abs(x)", dx="dy * sign(x)", samples=SHAPES, doc="The size of a value; its slope is 1 or −1, and taken as 0 at 0.")
maximum = elementwise(
    "maximum", y="maximum(a, b)", da="where(a > b, dy, 0)", db="where(a > b, 0, dy)", samples=SHAPES,
    doc="The larger of two values: it alone has a slope. Of two equal ones it is taken to be the second.",
)  # fmt: skip
minimum = elementwise(
    "minimum", y="minimum(a, b)", da="where(a < b, dy, 0)", db="where(a < b, 0, dy)", samples=SHAPES,
    doc="The smaller of two values: it alone has a slope. Of two equal ones it is taken to be the second.",
)  # fmt: skip
step = elementwise(
    "step", y="where(x > 0, 1, 0)", dx="where(through > 0, dy, 0)", attributes={"through": 0.0}, samples=SHAPES,
    doc="1 for a positive value, else 0: flat on both sides of its jump, so its slope is 0 and no gradient passes. Straight through (through = 1) it is carried"
    " back as if the step were not there, which is no derivative (Bengio et al. 2013, arXiv:1308.3432).",
)  # fmt: skip
step.numpy = "(x > 0).astype(x.dtype)"
rounded = elementwise(
    "round", y="round(x)", dx="where(through > 0, dy, 0)", attributes={"through": 0.0}, samples=SHAPES,
    doc="The nearest whole number: flat between its jumps, so its slope is 0 and no gradient passes. Straight through (through = 1) it is carried back as if"
    " nothing had been rounded, which is no derivative (Bengio et al. 2013, arXiv:1308.3432).",
)  # fmt: skip


@op("xⁿ", shape=lambda x: x, samples=[((3, 2),), ((1, 1),)], numpy="np.power(x, n)", n=3.0)
def power(out: Array, x: Array, n: Array) -> Calls:
    """The value to a fixed power n; its slope is n xⁿ⁻¹."""
    yield np.power, (x, n, out)


@power.pull("x", "dy × n × xⁿ⁻¹", numpy="np.power(x, n - 1) * n * dy")
def _(dx: Array, dy: Array, x: Array, n: Array, scratch: Callable[..., Array]) -> Calls:
    less = scratch(())
    yield np.subtract, (n, np.array(1, x.dtype), less)
    yield np.power, (x, less, dx)
    yield np.multiply, (dx, n, dx)
    yield np.multiply, (dx, dy, dx)


@power.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    x, n = values["x"][index], float(values["n"])
    yield Edge(index, float(n * np.power(x, n - 1)), None, f"{n:g} × x^{n - 1:g}")


@op("w, for each example", shape=lambda w, rows: (rows, 1), samples=[((1,), {"rows": 3}), ((1,), {"rows": 1})], choices={"rows": 1}, numpy="ones(rows, 1) * w")
def spread(out: Array, w: Array, rows: int) -> Calls:
    """One number as it meets each example of the batch, (1,) to (batch, 1): the same for all, so that what they say of it adds up."""
    yield np.copyto, (out, w)


@spread.pull("w", "sum(dy, examples)", numpy="(ones(1, rows) @ dy).reshape(-1)")
def _(dw: Array, dy: Array, rows: int, ones: Callable[..., Array]) -> Calls:
    yield ones(1, rows).dot, (dy, dw.reshape(1, 1))


@spread.edges("w")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    for row in range(int(values["rows"])):
        yield Edge((row, 0), 1.0, None, "1")


@op("xᵢ", shape=lambda x, place: (x[0], 1), samples=[((4, 3), {"place": 1}), ((1, 1), {"place": 0})], choices={"place": 0}, numpy="x[:, place:place + 1]")
def column(out: Array, x: Array, place: int) -> Calls:
    """One number of each example: (batch, numbers) to (batch, 1)."""
    yield np.copyto, (out, x[:, place : place + 1])


@column.pull("x", "dy, to its column", numpy="np.where(np.arange(x.shape[1]) == place, dy, 0.0)")
def _(dx: Array, dy: Array, place: int) -> Calls:
    yield dx.fill, (0.0,)
    yield np.copyto, (dx[:, place : place + 1], dy)


@column.edges("x")
def _(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    if index[1] == int(values["place"]):
        yield Edge((index[0], 0), 1.0, None, "1")

"""Elementwise activations: each is its formulas."""

from engine.op import elementwise

SHAPES = [(3, 2), (1, 1)]

identity = elementwise("identity", y="x", dx="dy", samples=SHAPES, doc="Pass the value on unchanged; its slope is 1 everywhere.")
sigmoid = elementwise(
    "sigmoid", y="1 / (1 + exp(-x))", dx="dy * (y * (1 - y))", samples=SHAPES,
    doc="Squash to (0, 1). Its slope y (1 − y) is at most a quarter, and goes flat where |x| is large.",
)  # fmt: skip
tanh = elementwise(
    "tanh", y="tanh(x)", dx="dy * (1 - y**2)", samples=SHAPES,
    doc="Squash to (−1, 1). Its slope is 1 − y², so it goes flat where |x| is large.",
)  # fmt: skip
relu = elementwise(
    "relu", y="maximum(x, 0)", dx="where(x > 0, dy, 0)", samples=SHAPES,
    doc="Keep what is positive. Its slope is exactly 1 there and 0 elsewhere; at the kink, x = 0, it is taken as 0.",
)  # fmt: skip
leaky_relu = elementwise(
    "leaky_relu", y="where(x > 0, x, slope * x)", dx="where(x > 0, dy, slope * dy)", samples=SHAPES, attributes={"slope": 0.01},
    doc="Keep what is positive and let a little of the rest through, so that no unit dies (Maas et al. 2013).",
)  # fmt: skip
elu = elementwise(
    "elu", y="where(x > 0, x, alpha * expm1(minimum(x, 0)))", dx="where(x > 0, dy, dy * (alpha * exp(minimum(x, 0))))", samples=SHAPES,
    attributes={"alpha": 1.0}, doc="Positive values pass, negative ones level off at −α (Clevert et al. 2016, arXiv:1511.07289).",
)  # fmt: skip
gelu = elementwise(
    "gelu",
    y="x / (1 + exp(x * (-1.5957691216057308 - 0.07135481627260025 * x**2)))",
    dx="dy * (1 / (1 + exp(x * (-1.5957691216057308 - 0.07135481627260025 * x**2)))"
    " + y * (1 - 1 / (1 + exp(x * (-1.5957691216057308 - 0.07135481627260025 * x**2)))) * (1.5957691216057308 + 0.21406444881780076 * x**2))",
    samples=SHAPES,
    doc="A smooth gate, x times the chance that a normal draw is below x, in its tanh form: ½ (1 + tanh u) is the sigmoid of 2 u, and u is"
    " √(2 / π) (x + 0.044715 x³) (Hendrycks and Gimpel 2016, arXiv:1606.08415).",
)  # fmt: skip
silu = elementwise(
    "silu", y="x / (1 + exp(-x))", dx="dy * ((1 + x * (1 - 1 / (1 + exp(-x)))) / (1 + exp(-x)))", samples=SHAPES,
    doc="x times its own sigmoid, also called swish (Ramachandran et al. 2017, arXiv:1710.05941).",
)  # fmt: skip
softplus = elementwise(
    "softplus", y="maximum(x, 0) + log1p(exp(-abs(x)))", dx="dy / (1 + exp(-x))", samples=SHAPES,
    doc="A rounded ReLU, ln(1 + eˣ); its slope is the sigmoid.",
)  # fmt: skip

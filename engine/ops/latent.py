"""Drawing from a normal distribution that a network describes, and how far that is from the standard one."""

from engine.op import elementwise

SHAPES = [(3, 2), (1, 1)]

reparameterize = elementwise(
    "reparameterize", y="m + exp(s / 2) * e", dm="dy", ds="dy * (exp(s / 2) * e / 2)", constants=("e",), samples=SHAPES,
    doc="A draw from the normal distribution of mean m and variance exp(s): the chance is all in e, so that a gradient can go to m and s past it"
    " (Kingma and Welling 2014).",
)  # fmt: skip
gaussian_divergence = elementwise(
    "gaussian_divergence", y="beta * ((exp(s) + m**2 - 1 - s) / 2)", dm="dy * (beta * m)", ds="dy * (beta * ((exp(s) - 1) / 2))",
    attributes={"beta": 1.0}, samples=SHAPES,
    doc="β times how far the normal distribution of mean m and variance exp(s) is from the standard one: the Kullback–Leibler divergence, 0 where m = s = 0.",
)  # fmt: skip

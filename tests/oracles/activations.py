"""Activations as a textbook writes them: the value at z, and the slope there, each for single numbers."""

from collections.abc import Callable
from math import exp, log, pi, sqrt, tanh

Row = list[float]
Numbers = dict[str, float]


def sigmoid(z: float) -> float:
    return 1.0 / (1.0 + exp(-z))


def sigmoid_slope(z: float) -> float:
    return sigmoid(z) * (1.0 - sigmoid(z))


def relu(z: float) -> float:
    return z if z > 0 else 0.0


def leaky_relu(z: float, slope: float) -> float:
    return z if z > 0 else slope * z


def elu(z: float, alpha: float) -> float:
    return z if z > 0 else alpha * (exp(z) - 1.0)


def elu_slope(z: float, alpha: float) -> float:
    return 1.0 if z > 0 else alpha * exp(z)


def gelu(z: float) -> float:
    """z Φ(z), with Φ in the tanh form of the paper."""
    return 0.5 * z * (1.0 + tanh(sqrt(2.0 / pi) * (z + 0.044715 * z**3)))


def gelu_slope(z: float) -> float:
    """By the product rule, then the chain rule."""
    inside = sqrt(2.0 / pi) * (z + 0.044715 * z**3)
    inside_slope = sqrt(2.0 / pi) * (1.0 + 3 * 0.044715 * z**2)
    return 0.5 * (1.0 + tanh(inside)) + 0.5 * z * (1.0 - tanh(inside) ** 2) * inside_slope


def silu(z: float) -> float:
    return z * sigmoid(z)


def silu_slope(z: float) -> float:
    return sigmoid(z) + z * sigmoid_slope(z)


def softplus(z: float) -> float:
    return log(1.0 + exp(z))


ACTIVATIONS: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "identity": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigmoid, sigmoid_slope),
    "tanh": (tanh, lambda z: 1.0 - tanh(z) ** 2),
    "relu": (relu, lambda z: 1.0 if z > 0 else 0.0),
    "leaky_relu": (leaky_relu, lambda z, slope: 1.0 if z > 0 else slope),
    "elu": (elu, elu_slope),
    "gelu": (gelu, gelu_slope),
    "silu": (silu, silu_slope),
    "softplus": (softplus, sigmoid),
}
"""Value and slope of those that look at one number at a time; softmax looks at the whole layer."""


def activate(kind: str, z: Row, numbers: Numbers) -> Row:
    """The values of a layer's units."""
    if kind == "softmax":
        return softmax(z)
    return [ACTIVATIONS[kind][0](value, **numbers) for value in z]


def pull(kind: str, z: Row, arriving: Row, numbers: Numbers) -> Row:
    """∂L/∂z of each unit, from ∂L/∂a of each unit."""
    if kind == "softmax":
        a = softmax(z)
        units = range(len(z))
        return [sum(arriving[k] * a[k] * ((1.0 if k == j else 0.0) - a[j]) for k in units) for j in units]
    return [arriving[j] * ACTIVATIONS[kind][1](z[j], **numbers) for j in range(len(z))]


def softmax(z: Row) -> Row:
    """Shares that add up to 1."""
    powers = [exp(value - max(z)) for value in z]
    return [power / sum(powers) for power in powers]

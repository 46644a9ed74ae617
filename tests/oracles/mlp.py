"""A multilayer perceptron as a textbook writes it: plain loops over single numbers, forward, backward and gradient descent.

Every sum is a Python loop in the order in which the formula is read. The delta of a unit is ∂L/∂z, its weighted input.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log, tanh

Row = list[float]
Rows = list[Row]


@dataclass
class Dense:
    """One layer: unit j computes f(Σᵢ xᵢ wᵢⱼ + bⱼ)."""

    weights: Rows
    biases: Row
    activation: str


def activate(kind: str, z: float) -> float:
    """The value of a unit from its weighted input."""
    if kind == "sigmoid":
        return 1.0 / (1.0 + exp(-z))
    if kind == "tanh":
        return tanh(z)
    if kind == "relu":
        return z if z > 0 else 0.0
    return z


def slope(kind: str, z: float) -> float:
    """How the value of a unit changes with its weighted input."""
    if kind == "sigmoid":
        a = 1.0 / (1.0 + exp(-z))
        return a * (1.0 - a)
    if kind == "tanh":
        return 1.0 - tanh(z) ** 2
    if kind == "relu":
        return 1.0 if z > 0 else 0.0
    return 1.0


def softmax(z: Row) -> Row:
    """Shares that add up to 1."""
    powers = [exp(value - max(z)) for value in z]
    return [power / sum(powers) for power in powers]


def loss_of(kind: str, p: Row, t: Row) -> float:
    """The loss of one example from its outputs and its targets."""
    n = len(p)
    if kind == "mean_squared_error":
        return sum((p[k] - t[k]) ** 2 for k in range(n)) / n
    if kind == "halved_squared_error":
        return sum((p[k] - t[k]) ** 2 for k in range(n)) / 2
    if kind == "binary_cross_entropy":
        return -sum(t[k] * log(p[k]) + (1 - t[k]) * log(1 - p[k]) for k in range(n)) / n
    if kind == "categorical_cross_entropy":
        return -sum(t[k] * log(p[k]) for k in range(n) if t[k])
    raise ValueError(kind)


def loss_slope(kind: str, p: Row, t: Row) -> Row:
    """∂loss/∂p for each output."""
    n = len(p)
    if kind == "mean_squared_error":
        return [2 * (p[k] - t[k]) / n for k in range(n)]
    if kind == "halved_squared_error":
        return [p[k] - t[k] for k in range(n)]
    if kind == "binary_cross_entropy":
        return [((1 - t[k]) / (1 - p[k]) - t[k] / p[k]) / n for k in range(n)]
    if kind == "categorical_cross_entropy":
        return [-t[k] / p[k] for k in range(n)]
    raise ValueError(kind)


@dataclass
class Mlp:
    """Layers and a loss; `train` is one update of plain gradient descent on a batch."""

    layers: list[Dense]
    loss: str

    def forward(self, x: Row) -> tuple[Rows, Rows]:
        """The weighted inputs z of each layer, and the values of the input and of each layer."""
        zs: Rows = []
        values = [x]
        for layer in self.layers:
            below = values[-1]
            z = []
            for j in range(len(layer.biases)):
                total = 0.0
                for i in range(len(below)):
                    total += below[i] * layer.weights[i][j]
                z.append(total + layer.biases[j])
            zs.append(z)
            values.append(softmax(z) if layer.activation == "softmax" else [activate(layer.activation, value) for value in z])
        return zs, values

    def gradient(self, x: Row, t: Row) -> list[tuple[Rows, Row]]:
        """∂L/∂W and ∂L/∂b of each layer for one example."""
        zs, values = self.forward(x)
        found: list[tuple[Rows, Row]] = []
        arriving = loss_slope(self.loss, values[-1], t)
        for number in range(len(self.layers) - 1, -1, -1):
            layer, z, below, own = self.layers[number], zs[number], values[number], values[number + 1]
            units = range(len(z))
            if layer.activation == "softmax":
                delta = [sum(arriving[k] * own[k] * ((1.0 if k == j else 0.0) - own[j]) for k in units) for j in units]
            else:
                delta = [arriving[j] * slope(layer.activation, z[j]) for j in units]
            found.append(([[below[i] * delta[j] for j in units] for i in range(len(below))], delta))
            arriving = [sum(layer.weights[i][j] * delta[j] for j in units) for i in range(len(below))]
        return found[::-1]

    def batch(self, xs: Sequence[Row], ts: Sequence[Row]) -> tuple[float, list[tuple[Rows, Row]]]:
        """The mean loss of a batch and the mean of its examples' gradients."""
        n = len(xs)
        loss = sum(loss_of(self.loss, self.forward(x)[1][-1], t) for x, t in zip(xs, ts, strict=True)) / n
        each = [self.gradient(x, t) for x, t in zip(xs, ts, strict=True)]
        mean = []
        for number in range(len(self.layers)):
            weights = each_element(lambda *parts: sum(parts) / n, [gradients[number][0] for gradients in each])
            biases = [sum(parts) / n for parts in zip(*(gradients[number][1] for gradients in each), strict=True)]
            mean.append((weights, biases))
        return loss, mean

    def train(self, xs: Sequence[Row], ts: Sequence[Row], rate: float) -> float:
        """One step against the gradient; the loss before it."""
        loss, gradients = self.batch(xs, ts)
        for layer, (weights, biases) in zip(self.layers, gradients, strict=True):
            layer.weights = each_element(lambda w, g: w - rate * g, [layer.weights, weights])
            layer.biases = [b - rate * g for b, g in zip(layer.biases, biases, strict=True)]
        return loss


def each_element(function: Callable[..., float], matrices: Sequence[Rows]) -> Rows:
    """A matrix made element by element of several."""
    return [[function(*numbers) for numbers in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]

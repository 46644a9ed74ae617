"""A GAN's losses and gradients worked out by hand, for players of one hidden layer each: loops over examples and units, no arrays."""

from collections.abc import Callable, Mapping, Sequence
from math import exp, log, tanh
from typing import Any

Vector = Sequence[float]


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def layer(x: Vector, W: Sequence[Vector], b: Vector) -> list[float]:
    return [b[j] + sum(x[i] * W[i][j] for i in range(len(x))) for j in range(len(b))]


def leaky(z: float) -> float:
    return z if z > 0 else 0.2 * z


def judged(weights: Mapping[str, Any], x: Vector, slope: Callable[[float], float], found: dict[str, Any] | None) -> tuple[float, list[float]]:
    """The logit of one example, and the gradient of its loss at the example, where `slope` is that at the logit; that at the weights is added to `found`."""
    z = layer(x, weights["0.W"], weights["0.b"])
    h = [leaky(each) for each in z]
    logit = layer(h, weights["2.W"], weights["2.b"])[0]
    d = slope(logit)
    dz = [d * weights["2.W"][j][0] * (1 if z[j] > 0 else 0.2) for j in range(len(z))]
    if found is not None:
        found["2.b"][0] += d
        for j in range(len(h)):
            found["2.W"][j][0] += d * h[j]
            found["0.b"][j] += dz[j]
            for i in range(len(x)):
                found["0.W"][i][j] += dz[j] * x[i]
    return logit, [sum(dz[j] * weights["0.W"][i][j] for j in range(len(z))) for i in range(len(x))]


def made(weights: Mapping[str, Any], z: Vector) -> tuple[list[float], list[float]]:
    """A generated example and the hidden values on its way."""
    h = [tanh(each) for each in layer(z, weights["3.W"], weights["3.b"])]
    return layer(h, weights["5.W"], weights["5.b"]), h


def discriminator(weights: Mapping[str, Any], real: Sequence[Vector], noise: Sequence[Vector]) -> tuple[float, dict[str, Any]]:
    """Its loss, −ln D(x) − ln(1 − D(G(z))) in the mean, and its gradients."""
    n, loss = len(real), 0.0
    found = _zeros(weights, ("0.W", "0.b", "2.W", "2.b"))
    for x, z in zip(real, noise, strict=True):
        logit, _ = judged(weights, x, lambda logit: (sigmoid(logit) - 1) / n, found)
        loss += -log(sigmoid(logit)) / n
        logit, _ = judged(weights, made(weights, z)[0], lambda logit: sigmoid(logit) / n, found)
        loss += -log(1 - sigmoid(logit)) / n
    return loss, found


def generator(weights: Mapping[str, Any], noise: Sequence[Vector], *, saturating: bool) -> tuple[float, dict[str, Any]]:
    """Its loss, −ln D(G(z)) or ln(1 − D(G(z))) in the mean, and its gradients, which come through the discriminator."""
    n, loss = len(noise), 0.0
    found = _zeros(weights, ("3.W", "3.b", "5.W", "5.b"))
    for z in noise:
        x, h = made(weights, z)
        logit, dx = judged(weights, x, lambda logit: (-sigmoid(logit) if saturating else sigmoid(logit) - 1) / n, None)
        loss += (log(1 - sigmoid(logit)) if saturating else -log(sigmoid(logit))) / n
        for j in range(len(x)):
            found["5.b"][j] += dx[j]
            for k in range(len(h)):
                found["5.W"][k][j] += dx[j] * h[k]
        for k in range(len(h)):
            back = sum(dx[j] * weights["5.W"][k][j] for j in range(len(x))) * (1 - h[k] ** 2)
            found["3.b"][k] += back
            for i in range(len(z)):
                found["3.W"][i][k] += back * z[i]
    return loss, found


def _zeros(weights: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: [[0.0] * len(row) for row in weights[name]] if isinstance(weights[name][0], list) else [0.0] * len(weights[name]) for name in names}

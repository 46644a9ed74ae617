"""The optimisers as their papers write them, for one weight and one update after the other: plain arithmetic, every intermediate number kept.

Each rule is given the weight, the gradient, the rate, its memory and the numbers that its paper leaves open, and returns every number that it computes on
the way, by the name that its lines have; `w` is the new weight.
"""

from collections.abc import Callable
from math import sqrt

Memory = dict[str, float]
Numbers = dict[str, float]
Rule = Callable[..., Numbers]


def sgd(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """w ← w − η g."""
    return {"w": w - rate * g}


def momentum(w: float, g: float, rate: float, memory: Memory, momentum: float = 0.9) -> Numbers:
    """v ← μ v + g; w ← w − η v."""
    velocity = memory["velocity"] = momentum * memory.get("velocity", 0.0) + g
    return {"velocity": velocity, "w": w - rate * velocity}


def nesterov(w: float, g: float, rate: float, memory: Memory, momentum: float = 0.9) -> Numbers:
    """v ← μ v + g; w ← w − η (g + μ v)."""
    velocity = memory["velocity"] = momentum * memory.get("velocity", 0.0) + g
    return {"velocity": velocity, "w": w - rate * (g + momentum * velocity)}


def adagrad(w: float, g: float, rate: float, memory: Memory, epsilon: float = 1e-10) -> Numbers:
    """s ← s + g²; w ← w − η g / (√s + ε), Duchi et al. 2011."""
    s = memory["s"] = memory.get("s", 0.0) + g * g
    return {"s": s, "w": w - rate * g / (sqrt(s) + epsilon)}


def rmsprop(w: float, g: float, rate: float, memory: Memory, rho: float = 0.99, epsilon: float = 1e-8) -> Numbers:
    """v ← ρ v + (1 − ρ) g²; w ← w − η g / (√v + ε), Tieleman and Hinton 2012."""
    v = memory["v"] = rho * memory.get("v", 0.0) + (1 - rho) * g * g
    return {"v": v, "w": w - rate * g / (sqrt(v) + epsilon)}


def adam(w: float, g: float, rate: float, memory: Memory, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Numbers:
    """Algorithm 1 of Kingma and Ba 2015."""
    t = memory["t"] = memory.get("t", 0) + 1
    m = memory["m"] = beta1 * memory.get("m", 0.0) + (1 - beta1) * g
    v = memory["v"] = beta2 * memory.get("v", 0.0) + (1 - beta2) * g * g
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return {"m": m, "v": v, "power1": beta1**t, "power2": beta2**t, "m_hat": m_hat, "v_hat": v_hat, "w": w - rate * m_hat / (sqrt(v_hat) + epsilon)}


def adamw(w: float, g: float, rate: float, memory: Memory, decay: float = 0.01, **rest: float) -> Numbers:
    """Algorithm 2 of Loshchilov and Hutter 2019: the decay does not pass through the moments."""
    found = adam(w, g, rate, memory, **rest)
    return {**found, "w": found["w"] - rate * decay * w}


RULES: dict[str, Rule] = {
    "sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adagrad": adagrad, "rmsprop": rmsprop, "adam": adam, "adamw": adamw,
}  # fmt: skip

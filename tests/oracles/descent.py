"""The optimisers as their papers write them, for one weight and one update after the other: plain arithmetic, every intermediate number kept.

Each rule is given the weight, the gradient, the rate and its memory, and returns every number that it computes on the way, by the name
that its lines have; `w` is the new weight.
"""

from collections.abc import Callable
from math import sqrt

Memory = dict[str, float]
Numbers = dict[str, float]
Rule = Callable[[float, float, float, Memory], Numbers]


def sgd(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """w ← w − η g."""
    return {"w": w - rate * g}


def momentum(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """v ← 0.9 v + g; w ← w − η v."""
    velocity = memory["velocity"] = 0.9 * memory.get("velocity", 0.0) + g
    return {"velocity": velocity, "w": w - rate * velocity}


def nesterov(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """v ← 0.9 v + g; w ← w − η (g + 0.9 v)."""
    velocity = memory["velocity"] = 0.9 * memory.get("velocity", 0.0) + g
    return {"velocity": velocity, "w": w - rate * (g + 0.9 * velocity)}


def adagrad(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """s ← s + g²; w ← w − η g / (√s + ε), Duchi et al. 2011."""
    s = memory["s"] = memory.get("s", 0.0) + g * g
    return {"s": s, "w": w - rate * g / (sqrt(s) + 1e-10)}


def rmsprop(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """v ← 0.99 v + 0.01 g²; w ← w − η g / (√v + ε), Tieleman and Hinton 2012."""
    v = memory["v"] = 0.99 * memory.get("v", 0.0) + 0.01 * g * g
    return {"v": v, "w": w - rate * g / (sqrt(v) + 1e-8)}


def adam(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """Algorithm 1 of Kingma and Ba 2015."""
    t = memory["t"] = memory.get("t", 0) + 1
    m = memory["m"] = 0.9 * memory.get("m", 0.0) + (1 - 0.9) * g
    v = memory["v"] = 0.999 * memory.get("v", 0.0) + (1 - 0.999) * g * g
    m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
    return {"m": m, "v": v, "power1": 0.9**t, "power2": 0.999**t, "m_hat": m_hat, "v_hat": v_hat, "w": w - rate * m_hat / (sqrt(v_hat) + 1e-8)}


def adamw(w: float, g: float, rate: float, memory: Memory) -> Numbers:
    """Algorithm 2 of Loshchilov and Hutter 2019, with λ = 0.01: the decay does not pass through the moments."""
    found = adam(w, g, rate, memory)
    return {**found, "w": w - rate * 0.01 * w - rate * found["m_hat"] / (sqrt(found["v_hat"]) + 1e-8)}


RULES: dict[str, Rule] = {
    "sgd": sgd, "momentum": momentum, "nesterov": nesterov, "adagrad": adagrad, "rmsprop": rmsprop, "adam": adam, "adamw": adamw,
}  # fmt: skip

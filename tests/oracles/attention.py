"""A transformer's parts as a textbook writes them: one position, one head, one number at a time; forward with everything kept, then back."""

from math import exp, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = dict[str, Array]


def scores(q: Array, k: Array) -> Array:
    """How well each query suits each key: (steps, size) and (steps, size) to (steps, steps)."""
    return np.array([[sum(a * b for a, b in zip(row, other, strict=True)) / sqrt(len(row)) for other in k] for row in q])


def weights(s: Array, *, causal: bool) -> Array:
    """Softmax of each row; with `causal` over the positions up to its own."""
    found = np.zeros_like(s)
    for i, row in enumerate(s):
        seen = range(i + 1 if causal else len(row))
        top = max(row[j] for j in seen)
        total = sum(exp(row[j] - top) for j in seen)
        for j in seen:
            found[i, j] = exp(row[j] - top) / total
    return found


def back(dy: Array, q: Array, k: Array, v: Array, w: Array) -> dict[str, Array]:
    """From the gradient at the mix of one head back to its weights, scores, queries, keys and values, through each row's softmax Jacobian."""
    steps, size = v.shape
    found = {"w": np.zeros_like(w), "s": np.zeros_like(w), "q": np.zeros_like(q), "k": np.zeros_like(k), "v": np.zeros_like(v)}
    for i in range(steps):
        for j in range(steps):
            found["w"][i, j] = sum(dy[i, d] * v[j, d] for d in range(size))
            found["v"][j] += w[i, j] * dy[i]
        for j in range(steps):
            found["s"][i, j] = sum(found["w"][i, m] * w[i, m] * ((m == j) - w[i, j]) for m in range(steps))
        for j in range(steps):
            found["q"][i] += found["s"][i, j] * k[j] / sqrt(size)
            found["k"][j] += found["s"][i, j] * q[i] / sqrt(size)
    return found


def norm(x: Array, g: Array, b: Array, eps: float) -> Array:
    """Each position's units with mean 0 and spread 1, then gain and shift."""
    return np.array([g * (row - row.mean()) / sqrt(row.var() + eps) + b for row in x])


def norm_back(dy: Array, x: Array, g: Array, eps: float) -> tuple[Array, Array, Array]:
    """The gradients at x, g and b, the one at x through the whole Jacobian of each position."""
    dx, dg, n = np.zeros_like(x), np.zeros_like(g), x.shape[1]
    for t, row in enumerate(x):
        away, spread = row - row.mean(), sqrt(row.var() + eps)
        for i in range(n):
            for j in range(n):
                slope = ((i == j) - 1 / n) / spread - away[j] * away[i] / (n * spread**3)
                dx[t, i] += dy[t, j] * g[j] * slope
        dg += dy[t] * away / spread
    return dx, dg, dy.sum(axis=0)


def attention(dy: Array, x: Array, w: Weights, heads: int, *, causal: bool) -> tuple[Array, Array, Weights]:
    """Self-attention of one example, with the output product where there is one: the values, the gradient at x, and at every weight."""
    asked = {letter: x @ w[f"W{letter}"] + w.get(f"b{letter}", 0) for letter in "qkv"}
    size = asked["q"].shape[1] // heads
    parts = [slice(head * size, (head + 1) * size) for head in range(heads)]
    rows = [weights(scores(asked["q"][:, part], asked["k"][:, part]), causal=causal) for part in parts]
    mixed = np.concatenate([row @ asked["v"][:, part] for row, part in zip(rows, parts, strict=True)], axis=1)
    y = mixed @ w["Wo"] + w["bo"] if "Wo" in w else mixed
    found = {"Wo": mixed.T @ dy, "bo": dy.sum(axis=0)} if "Wo" in w else {}
    dmix = dy @ w["Wo"].T if "Wo" in w else dy
    dasked = {letter: np.zeros_like(values) for letter, values in asked.items()}
    for row, part in zip(rows, parts, strict=True):
        gone = back(dmix[:, part], *(asked[letter][:, part] for letter in "qkv"), row)
        for letter in "qkv":
            dasked[letter][:, part] = gone[letter]
    for letter in "qkv":
        found[f"W{letter}"] = x.T @ dasked[letter]
        found[f"b{letter}"] = dasked[letter].sum(axis=0)
    return y, np.asarray(sum(dasked[letter] @ w[f"W{letter}"].T for letter in "qkv")), {name: found[name] for name in w}


def block(dy: Array, x: Array, w: Weights, layer: dict[str, Any]) -> tuple[Array, Array, Weights]:
    """A whole block of one example with ReLU: the values, the gradient at x, and at every weight."""
    mine = {name.removeprefix("attention."): value for name, value in w.items() if name.startswith("attention.")}
    nothing, found = np.zeros_like(x), {}
    first, second = ((w[f"norm{number}.g"], w[f"norm{number}.b"]) for number in (1, 2))
    pre, eps, heads, causal = layer["norm"] == "pre", layer["eps"], layer["heads"], layer["causal"]
    read = norm(x, *first, eps) if pre else x
    one = x + attention(nothing, read, mine, heads, causal=causal)[0]
    between = one if pre else norm(one, *first, eps)
    asked = norm(between, *second, eps) if pre else between
    hidden = np.maximum(asked @ w["mlp.W1"] + w["mlp.b1"], 0)
    two = between + hidden @ w["mlp.W2"] + w["mlp.b2"]
    y = two if pre else norm(two, *second, eps)

    if not pre:
        dy, found["norm2.g"], found["norm2.b"] = norm_back(dy, two, second[0], eps)
    found |= {"mlp.W2": hidden.T @ dy, "mlp.b2": dy.sum(axis=0)}
    dhidden = (dy @ w["mlp.W2"].T) * (hidden > 0)
    found |= {"mlp.W1": asked.T @ dhidden, "mlp.b1": dhidden.sum(axis=0)}
    dasked = dhidden @ w["mlp.W1"].T
    if pre:
        dasked, found["norm2.g"], found["norm2.b"] = norm_back(dasked, between, second[0], eps)
    dbetween = dy + dasked
    if not pre:
        dbetween, found["norm1.g"], found["norm1.b"] = norm_back(dbetween, one, first[0], eps)
    _, dread, gone = attention(dbetween, read, mine, heads, causal=causal)
    if pre:
        dread, found["norm1.g"], found["norm1.b"] = norm_back(dread, x, first[0], eps)
    return y, dbetween + dread, found | {f"attention.{name}": value for name, value in gone.items()}

"""Backpropagation through time as a textbook writes it: forward with everything kept, then back one moment after the other."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = dict[str, Array]
Slope = Callable[[Array], Array]
"""From the last hidden state to the gradient of the loss there."""


def rnn(x: Array, w: Weights, slope: Slope) -> tuple[Array, Weights]:
    """h_t = tanh(x_t W + h_{t−1} U + b)."""
    hs = [np.zeros((len(x), len(w["U"])))]
    for t in range(x.shape[1]):
        hs.append(np.tanh(x[:, t] @ w["W"] + hs[-1] @ w["U"] + w["b"]))
    found = {name: np.zeros_like(value) for name, value in w.items()}
    dh = slope(hs[-1])
    for t in reversed(range(x.shape[1])):
        dz = dh * (1 - hs[t + 1] ** 2)
        _collect(found, {"W": x[:, t].T @ dz, "U": hs[t].T @ dz, "b": dz.sum(0)})
        dh = dz @ w["U"].T
    return hs[-1], found


def lstm(x: Array, w: Weights, slope: Slope) -> tuple[Array, Weights]:
    """c_t = f c_{t−1} + i g and h_t = o tanh(c_t), with the gates i, f, o and the candidate g side by side in the order i, f, g, o."""
    n = len(w["U"])
    hs, cs, gates = [np.zeros((len(x), n))], [np.zeros((len(x), n))], []
    for t in range(x.shape[1]):
        z = x[:, t] @ w["W"] + hs[-1] @ w["U"] + w["b"]
        i, f, g, o = _sigmoid(z[:, :n]), _sigmoid(z[:, n : 2 * n]), np.tanh(z[:, 2 * n : 3 * n]), _sigmoid(z[:, 3 * n :])
        gates.append((i, f, g, o))
        cs.append(f * cs[-1] + i * g)
        hs.append(o * np.tanh(cs[-1]))
    found = {name: np.zeros_like(value) for name, value in w.items()}
    dh, dc = slope(hs[-1]), np.zeros_like(cs[0])
    for t in reversed(range(x.shape[1])):
        i, f, g, o = gates[t]
        squashed = np.tanh(cs[t + 1])
        dc = dc + dh * o * (1 - squashed**2)
        parts = [dc * g * i * (1 - i), dc * cs[t] * f * (1 - f), dc * i * (1 - g**2), dh * squashed * o * (1 - o)]
        dz = np.concatenate(parts, axis=1)
        _collect(found, {"W": x[:, t].T @ dz, "U": hs[t].T @ dz, "b": dz.sum(0)})
        dh, dc = dz @ w["U"].T, dc * f
    return hs[-1], found


def gru(x: Array, w: Weights, slope: Slope) -> tuple[Array, Weights]:
    """h_t = z h_{t−1} + (1 − z) n with n = tanh(x W_n + b_n + r (h U_n + c_n)), the gates r, z and the candidate n side by side."""
    n = len(w["U"])
    hs, kept = [np.zeros((len(x), n))], []
    for t in range(x.shape[1]):
        read, carried = x[:, t] @ w["W"] + w["b"], hs[-1] @ w["U"] + w["c"]
        r, z = _sigmoid(read[:, :n] + carried[:, :n]), _sigmoid(read[:, n : 2 * n] + carried[:, n : 2 * n])
        new = np.tanh(read[:, 2 * n :] + r * carried[:, 2 * n :])
        kept.append((r, z, new, carried[:, 2 * n :]))
        hs.append(z * hs[-1] + (1 - z) * new)
    found = {name: np.zeros_like(value) for name, value in w.items()}
    dh = slope(hs[-1])
    for t in reversed(range(x.shape[1])):
        r, z, new, own = kept[t]
        dn = dh * (1 - z) * (1 - new**2)
        dr, dz = dn * own * r * (1 - r), dh * (hs[t] - new) * z * (1 - z)
        dread, dcarried = np.concatenate([dr, dz, dn], axis=1), np.concatenate([dr, dz, dn * r], axis=1)
        _collect(found, {"W": x[:, t].T @ dread, "b": dread.sum(0), "U": hs[t].T @ dcarried, "c": dcarried.sum(0)})
        dh = dcarried @ w["U"].T + dh * z
    return hs[-1], found


RULES = {"rnn": rnn, "lstm": lstm, "gru": gru}


def _collect(found: Weights, shares: Weights) -> None:
    """One moment's share of each shared weight's gradient."""
    for name, share in shares.items():
        found[name] += share


def _sigmoid(z: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-z)))


def truncated_rnn(x: Array, w: Weights, every: int, slope: Slope) -> tuple[Array, Weights]:
    """Truncated backpropagation through time: pieces of so many steps, each with its own backward pass, and the state carried on as a mere number.

    `slope` is asked for each hidden state, (rows, steps, units) at once. Williams and Peng 1990.
    """
    found = {name: np.zeros_like(value) for name, value in w.items()}
    carried = np.zeros((len(x), len(w["U"])))
    pieces, states = [], []
    for start in range(0, x.shape[1], every):
        hs = [carried]
        for t in range(start, min(start + every, x.shape[1])):
            hs.append(np.tanh(x[:, t] @ w["W"] + hs[-1] @ w["U"] + w["b"]))
        pieces.append((start, hs))
        states += hs[1:]
        carried = hs[-1]
    slopes = slope(np.stack(states, axis=1))
    for start, hs in pieces:
        dh = np.zeros_like(carried)
        for place in reversed(range(len(hs) - 1)):
            dz = (dh + slopes[:, start + place]) * (1 - hs[place + 1] ** 2)
            _collect(found, {"W": x[:, start + place].T @ dz, "U": hs[place].T @ dz, "b": dz.sum(0)})
            dh = dz @ w["U"].T
    return np.stack(states, axis=1), found

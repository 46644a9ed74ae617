"""A convolution as a textbook writes it: one loop for each index, nothing laid out, nothing shared."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def forward(x: Array, W: Array, b: Array, stride: int, padding: int, groups: int) -> Array:
    """(examples, channels, height, width) with (filters, channels / groups, rows, columns)."""
    height, width = ((x.shape[2 + axis] + 2 * padding - W.shape[2 + axis]) // stride + 1 for axis in (0, 1))
    y = np.zeros((len(x), len(W), height, width))
    for n, f, i, j in np.ndindex(*y.shape):
        y[n, f, i, j] = b[f] + sum(W[place] * x[seen] for place, seen in _seen(x, W, n, f, i, j, stride, padding, groups))
    return y


def backward(dy: Array, x: Array, W: Array, stride: int, padding: int, groups: int) -> tuple[Array, Array, Array]:
    """What each weight, bias and pixel gets back: every product of the forward pass is gone through once more."""
    dW, db, dx = np.zeros_like(W), np.zeros(len(W)), np.zeros_like(x)
    for n, f, i, j in np.ndindex(*dy.shape):
        db[f] += dy[n, f, i, j]
        for place, seen in _seen(x, W, n, f, i, j, stride, padding, groups):
            dW[place] += dy[n, f, i, j] * x[seen]
            dx[seen] += dy[n, f, i, j] * W[place]
    return dW, db, dx


Place = tuple[int, int, int, int]


def _seen(x: Array, W: Array, n: int, f: int, i: int, j: int, stride: int, padding: int, groups: int) -> Iterator[tuple[Place, Place]]:
    """Each weight of a filter with the pixel that it meets at one place of the window; nothing beyond the border."""
    group = f // (len(W) // groups)
    for c, r, s in np.ndindex(*W.shape[1:]):
        row, column = i * stride + r - padding, j * stride + s - padding
        if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
            yield (f, c, r, s), (n, group * W.shape[1] + c, row, column)

"""What the rules of ops are lent beside what they read and write."""

from typing import Any

import numpy as np

from engine.adjacent import rows_of
from engine.formula.calls import Array

LENT = ("ones", "scratch", "abreast")
"""What a rule can ask for by these names."""


class Lender:
    """Lends scratch buffers (each instruction starts from the first again), constant arrays of ones, and the rows in which recurrent cells read."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self.size = 0
        self.rows: list[Array] = []
        self._scratch: dict[tuple[int, tuple[int, ...], str], Array] = {}
        self._taken = 0

    def start(self) -> None:
        """Make every scratch buffer free again: what an instruction borrowed is garbage after it."""
        self._taken = 0

    def scratch(self, shape: tuple[int, ...], dtype: Any = None) -> Array:
        key = (self._taken, shape, np.dtype(dtype or self.dtype).str)
        self._taken += 1
        if key not in self._scratch:
            self._scratch[key] = np.zeros(shape, key[2])
            self.size += self._scratch[key].nbytes
        return self._scratch[key]

    def abreast(self, x: Array, h: Array) -> Array | None:
        """The rows of the examples of x and h, where these two stand in such rows."""
        return rows_of(self.rows, x, h)

    def ones(self, *shape: int) -> Array:
        made = np.ones(shape, self.dtype)
        made.flags.writeable = False
        return made

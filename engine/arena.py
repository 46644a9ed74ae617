"""One contiguous vector with named views: an update is a few calls over it, a snapshot or a frame is one copy."""

from collections.abc import Mapping
from math import prod
from typing import Any, Generic, TypeVar

import numpy as np

from engine.formula.calls import Array

Key = TypeVar("Key")
LENT = 65_536
"""Numbers up to which memory is lent; who needs more has its own."""


class Arena(Generic[Key]):
    """`flat` is the vector; `views[key]` is the array of that name and shape inside it; `spans[key]` its (start, stop)."""

    def __init__(self, shapes: Mapping[Key, tuple[int, ...]], dtype: np.dtype[Any], rooms: "Rooms | None" = None, use: str = "") -> None:
        """Zeros, or whatever stands in what the `rooms` lend for this use."""
        size = sum(map(prod, shapes.values()))
        self.flat: Array = rooms.lend(use, size, dtype) if rooms else np.zeros(size, dtype)
        self.views: dict[Key, Array] = {}
        self.spans: dict[Key, tuple[int, int]] = {}
        start = 0
        for key, shape in shapes.items():
            stop = start + prod(shape)
            self.views[key] = self.flat[start:stop].reshape(shape)
            self.spans[key] = (start, stop)
            start = stop

    def locate(self, place: int) -> tuple[Key, tuple[int, ...]]:
        """The key and the index of what stands at a place of the vector."""
        key = next(key for key, (_, stop) in self.spans.items() if place < stop)
        return key, tuple(int(i) for i in np.unravel_index(place - self.spans[key][0], self.views[key].shape))


class Rooms:
    """Memory for what is read at once and then never again: all with these rooms are lent the same, so what is in it lasts until the next one computes.

    Whoever gives them to several sessions sees to it that all of these are used on one thread.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Array] = {}

    def lend(self, use: str, size: int, dtype: np.dtype[Any]) -> Array:
        """Room for so many numbers; two uses never get the same."""
        if size > LENT:
            return np.zeros(size, dtype)
        kept = self._kept.get((use, dtype.str))
        if kept is None or kept.size < size:
            kept = self._kept[use, dtype.str] = np.zeros(max(1024, 1 << (size - 1).bit_length()), dtype)
        return kept[:size]

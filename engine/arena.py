"""One contiguous vector with named views: an update is a few calls over it, a snapshot or a frame is one copy."""

from collections.abc import Mapping
from math import prod
from typing import Any, Generic, TypeVar

import numpy as np

from engine.formula.calls import Array

Key = TypeVar("Key")


class Arena(Generic[Key]):
    """`flat` is the vector; `views[key]` is the array of that name and shape inside it; `spans[key]` its (start, stop)."""

    def __init__(self, shapes: Mapping[Key, tuple[int, ...]], dtype: np.dtype[Any]) -> None:
        self.flat: Array = np.zeros(sum(map(prod, shapes.values())), dtype)
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

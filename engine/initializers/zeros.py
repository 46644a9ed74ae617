"""Zeros."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from engine.initializers import Initializer


class Zeros(Initializer):
    """Every number begins at zero: right for biases; weights that all begin alike stay alike."""

    title: ClassVar[str] = "zeros"
    kind: Literal["zeros"] = "zeros"

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return np.zeros(shape)

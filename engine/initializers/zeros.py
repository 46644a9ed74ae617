"""Zeros."""

from typing import ClassVar, Literal

import numpy as np

from engine.initializers import Initializer, Matrix, Shape


class Zeros(Initializer):
    """Every number begins at zero: right for biases, while the units of a layer that all begin alike stay alike."""

    title: ClassVar[str] = "zeros"
    kind: Literal["zeros"] = "zeros"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        return np.zeros(shape)

"""Zeros."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Initializer, Matrix, Shape


class Zeros(Initializer):
    """Every number begins at zero: right for biases, while the units of a layer that all begin alike stay alike."""

    title: ClassVar[str] = "zeros"
    torch: ClassVar[Counterpart] = Counterpart("nn.init.zeros_({tensor})")
    keras: ClassVar[Counterpart] = Counterpart('"zeros"')
    kind: Literal["zeros"] = "zeros"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        return np.zeros(shape)

"""Constant."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Real
from engine.initializers import Initializer


class Constant(Initializer):
    """Every number begins at the same value."""

    title: ClassVar[str] = "constant"
    kind: Literal["constant"] = "constant"
    value: Real = Field(default=0.1, ge=-1e6, le=1e6, description="The value")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return np.full(shape, self.value)

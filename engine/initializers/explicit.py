"""Given values."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Real
from engine.initializers import Initializer


class Explicit(Initializer):
    """Given values, number by number."""

    title: ClassVar[str] = "given values"
    kind: Literal["explicit"] = "explicit"
    values: tuple[tuple[Real, ...], ...] | tuple[Real, ...] = Field(default=((0.0,),), description="Rows of numbers, one row an input")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return np.asarray(self.values, dtype=np.float64)

"""Sine."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.features import Feature, Index


class Sine(Feature):
    """The sine of a raw column, in radians: it repeats, so it helps where the data do."""

    title: ClassVar[str] = "sine"
    kind: Literal["sine"] = "sine"
    index: Index = Field(default=0, description="Which raw column, from 0")

    def uses(self) -> tuple[int, ...]:
        return (self.index,)

    def name(self, columns: tuple[str, ...]) -> str:
        return f"sin {columns[self.index]}"

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sin(inputs[:, self.index])

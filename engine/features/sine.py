"""Sine."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Int
from engine.features import Feature


class Sine(Feature):
    """The sine of a raw column, in radians."""

    title: ClassVar[str] = "sine"
    kind: Literal["sine"] = "sine"
    index: Int = Field(default=0, ge=0, le=4095, description="Which raw column, from 0")

    def name(self, columns: tuple[str, ...]) -> str:
        return f"sin {columns[self.index]}"

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.sin(inputs[:, self.index]))

"""Square."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Int
from engine.features import Feature


class Square(Feature):
    """The square of a raw column."""

    title: ClassVar[str] = "square"
    kind: Literal["square"] = "square"
    index: Int = Field(default=0, ge=0, le=4095, description="Which raw column, from 0")

    def name(self, columns: tuple[str, ...]) -> str:
        return f"{columns[self.index]}²"

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.square(inputs[:, self.index]))

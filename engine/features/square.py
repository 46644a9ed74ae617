"""Square."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.features import Feature, Index


class Square(Feature):
    """The square of a raw column: it lets one straight cut in the features be a circle or a parabola in the data."""

    title: ClassVar[str] = "square"
    kind: Literal["square"] = "square"
    index: Index = Field(default=0, description="Which raw column, from 0")

    def uses(self) -> tuple[int, ...]:
        return (self.index,)

    def name(self, columns: tuple[str, ...]) -> str:
        return f"{columns[self.index]}²"

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.square(inputs[:, self.index])

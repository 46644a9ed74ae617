"""Column."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.features import Feature, Index


class Column(Feature):
    """A raw column as it is."""

    title: ClassVar[str] = "column"
    prominent: ClassVar[bool] = True
    kind: Literal["column"] = "column"
    index: Index = Field(default=0, description="Which raw column, from 0")

    def uses(self) -> tuple[int, ...]:
        return (self.index,)

    def name(self, columns: tuple[str, ...]) -> str:
        return columns[self.index]

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return inputs[:, self.index]

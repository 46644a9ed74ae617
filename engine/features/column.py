"""Column."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Int
from engine.features import Feature


class Column(Feature):
    """A raw column as it is."""

    title: ClassVar[str] = "column"
    prominent: ClassVar[bool] = True
    kind: Literal["column"] = "column"
    index: Int = Field(default=0, ge=0, le=4095, description="Which raw column, from 0")

    def name(self, columns: tuple[str, ...]) -> str:
        return columns[self.index]

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(inputs[:, self.index])

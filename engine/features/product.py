"""Product."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Int
from engine.features import Feature


class Product(Feature):
    """Two raw columns multiplied."""

    title: ClassVar[str] = "product"
    kind: Literal["product"] = "product"
    first: Int = Field(default=0, ge=0, le=4095, description="One raw column, from 0")
    second: Int = Field(default=1, ge=0, le=4095, description="The other raw column, from 0")

    def name(self, columns: tuple[str, ...]) -> str:
        return columns[self.first] + columns[self.second]

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(inputs[:, self.first] * inputs[:, self.second])

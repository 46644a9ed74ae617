"""Product."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.features import Feature, Index


class Product(Feature):
    """Two raw columns multiplied: its sign tells whether the two agree, which is XOR at a glance."""

    title: ClassVar[str] = "product"
    kind: Literal["product"] = "product"
    first: Index = Field(default=0, description="One raw column, from 0")
    second: Index = Field(default=1, description="The other raw column, from 0")

    def uses(self) -> tuple[int, ...]:
        return (self.first, self.second)

    def name(self, columns: tuple[str, ...]) -> str:
        first, second = columns[self.first], columns[self.second]
        return first + second if max(len(first), len(second)) <= 3 else f"{first} × {second}"

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        return inputs[:, self.first] * inputs[:, self.second]

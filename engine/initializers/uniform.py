"""Uniform."""

from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from engine.component import Counterpart, Real
from engine.initializers import Initializer, Matrix, Shape


class Uniform(Initializer):
    """Draws evenly from an interval, whatever the size of the layer."""

    title: ClassVar[str] = "uniform"
    torch: ClassVar[Counterpart] = Counterpart("nn.init.uniform_({tensor}, {low}, {high})")
    keras: ClassVar[Counterpart] = Counterpart("keras.initializers.RandomUniform({low}, {high})")
    kind: Literal["uniform"] = "uniform"
    low: Real = Field(default=-0.1, ge=-1e6, le=1e6, description="Lower end")
    high: Real = Field(default=0.1, ge=-1e6, le=1e6, description="Upper end")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"the lower end, {self.low:g}, lies above the upper end, {self.high:g}; exchange the two")
        return self

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        return rng.uniform(self.low, self.high, shape)

"""Constant."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart, Real
from engine.initializers import Initializer, Matrix, Shape


class Constant(Initializer):
    """Every number begins at the same value, so the units of a layer get the same gradient and stay alike."""

    title: ClassVar[str] = "constant"
    torch: ClassVar[Counterpart] = Counterpart("nn.init.constant_({tensor}, {value})")
    keras: ClassVar[Counterpart] = Counterpart("keras.initializers.Constant({value})")
    kind: Literal["constant"] = "constant"
    value: Real = Field(default=0.1, ge=-1e6, le=1e6, description="The value")

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        return np.full(shape, self.value)

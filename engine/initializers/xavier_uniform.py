"""Xavier, uniform."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Real
from engine.initializers import Initializer


class XavierUniform(Initializer):
    """Keep the spread of values and of gradients alike in both directions (Glorot and Bengio 2010): uniform within ±gain·√(6 / (inputs + units))."""

    title: ClassVar[str] = "Xavier, uniform"
    prominent: ClassVar[bool] = True
    kind: Literal["xavier_uniform"] = "xavier_uniform"
    gain: Real = Field(default=1.0, gt=0, le=100, description="Factor for the activation that follows")

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        bound = self.gain * (6 / (shape[0] + shape[1])) ** 0.5
        return rng.uniform(-bound, bound, shape)

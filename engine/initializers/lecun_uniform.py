"""LeCun, uniform."""

from typing import ClassVar, Literal

import numpy as np

from engine.initializers import Initializer, Matrix, Shape, uniform_of_variance


class LecunUniform(Initializer):
    """Keep the spread of weighted sums like that of the inputs (LeCun et al. 1998, "Efficient BackProp"): uniform within ±√(3 / inputs)."""

    title: ClassVar[str] = "LeCun, uniform"
    kind: Literal["lecun_uniform"] = "lecun_uniform"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, _ = self.fans(shape)
        return uniform_of_variance(rng, shape, 1 / inputs)

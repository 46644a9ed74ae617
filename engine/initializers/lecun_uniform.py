"""LeCun, uniform."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Initializer, Matrix, Shape, uniform_of_variance


class LecunUniform(Initializer):
    """Keep the spread of weighted sums like that of the inputs (LeCun et al. 1998, "Efficient BackProp"): uniform within ±√(3 / inputs)."""

    title: ClassVar[str] = "LeCun, uniform"
    torch: ClassVar[Counterpart] = Counterpart('nn.init.kaiming_uniform_({tensor}, nonlinearity="linear")')
    keras: ClassVar[Counterpart] = Counterpart('keras.initializers.VarianceScaling(1.0, "fan_in", "uniform")')
    kind: Literal["lecun_uniform"] = "lecun_uniform"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, _ = self.fans(shape)
        return uniform_of_variance(rng, shape, 1 / inputs)

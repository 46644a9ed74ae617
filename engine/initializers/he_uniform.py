"""He, uniform."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Initializer, Matrix, Shape, uniform_of_variance


class HeUniform(Initializer):
    """Keep the spread of values alike through ReLU layers, which lose half of it (He et al. 2015, arXiv:1502.01852): uniform within ±√(6 / inputs)."""

    title: ClassVar[str] = "He, uniform"
    torch: ClassVar[Counterpart] = Counterpart('nn.init.kaiming_uniform_({tensor}, nonlinearity="relu")')
    keras: ClassVar[Counterpart] = Counterpart('keras.initializers.VarianceScaling(2.0, "fan_in", "uniform")')
    kind: Literal["he_uniform"] = "he_uniform"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, _ = self.fans(shape)
        return uniform_of_variance(rng, shape, 2 / inputs)

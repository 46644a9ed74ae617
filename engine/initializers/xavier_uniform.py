"""Xavier, uniform."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Gain, Initializer, Matrix, Shape, uniform_of_variance


class XavierUniform(Initializer):
    """Keep the spread of values forward, and of gradients backward, about alike (Glorot and Bengio 2010): uniform within ±gain · √(6 / (inputs + units))."""

    title: ClassVar[str] = "Xavier, uniform"
    prominent: ClassVar[bool] = True
    torch: ClassVar[Counterpart] = Counterpart("nn.init.xavier_uniform_({tensor}, {gain})")
    keras: ClassVar[Counterpart] = Counterpart('keras.initializers.VarianceScaling({gain} ** 2, "fan_avg", "uniform")')
    kind: Literal["xavier_uniform"] = "xavier_uniform"
    gain: Gain = 1.0

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, units = self.fans(shape)
        return uniform_of_variance(rng, shape, self.gain**2 * 2 / (inputs + units))

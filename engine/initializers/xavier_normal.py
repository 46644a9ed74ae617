"""Xavier, normal."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Gain, Initializer, Matrix, Shape, normal_of_variance


class XavierNormal(Initializer):
    """Keep the spread of values forward, and of gradients backward, about alike (Glorot and Bengio 2010): normal of variance gain² · 2 / (inputs + units)."""

    title: ClassVar[str] = "Xavier, normal"
    torch: ClassVar[Counterpart] = Counterpart("nn.init.xavier_normal_({tensor}, {gain})")
    keras: ClassVar[Counterpart] = Counterpart('keras.initializers.VarianceScaling({gain} ** 2, "fan_avg", "untruncated_normal")')
    kind: Literal["xavier_normal"] = "xavier_normal"
    gain: Gain = 1.0

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, units = self.fans(shape)
        return normal_of_variance(rng, shape, self.gain**2 * 2 / (inputs + units))

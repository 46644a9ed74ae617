"""He, normal."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Initializer, Matrix, Shape, normal_of_variance


class HeNormal(Initializer):
    """Keep the spread of values alike through ReLU layers, which lose half of it (He et al. 2015, arXiv:1502.01852): normal of variance 2 / inputs."""

    title: ClassVar[str] = "He, normal"
    torch: ClassVar[Counterpart] = Counterpart('nn.init.kaiming_normal_({tensor}, nonlinearity="relu")')
    keras: ClassVar[Counterpart] = Counterpart('keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")')
    kind: Literal["he_normal"] = "he_normal"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, _ = self.fans(shape)
        return normal_of_variance(rng, shape, 2 / inputs)

"""LeCun, normal."""

from typing import ClassVar, Literal

import numpy as np

from engine.component import Counterpart
from engine.initializers import Initializer, Matrix, Shape, normal_of_variance


class LecunNormal(Initializer):
    """Keep the spread of weighted sums like that of the inputs (LeCun et al. 1998, "Efficient BackProp"): normal of variance 1 / inputs."""

    title: ClassVar[str] = "LeCun, normal"
    torch: ClassVar[Counterpart] = Counterpart('nn.init.kaiming_normal_({tensor}, nonlinearity="linear")')
    keras: ClassVar[Counterpart] = Counterpart('keras.initializers.VarianceScaling(1.0, "fan_in", "untruncated_normal")')
    kind: Literal["lecun_normal"] = "lecun_normal"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, _ = self.fans(shape)
        return normal_of_variance(rng, shape, 1 / inputs)

"""LeCun, normal."""

from typing import ClassVar, Literal

import numpy as np

from engine.initializers import Initializer, Matrix, Shape, normal_of_variance


class LecunNormal(Initializer):
    """Keep the spread of weighted sums like that of the inputs (LeCun et al. 1998, "Efficient BackProp"): normal of variance 1 / inputs."""

    title: ClassVar[str] = "LeCun, normal"
    kind: Literal["lecun_normal"] = "lecun_normal"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        inputs, _ = self.fans(shape)
        return normal_of_variance(rng, shape, 1 / inputs)

"""He, uniform."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from engine.initializers import Initializer


class HeUniform(Initializer):
    """Keep the spread of values alike through ReLU layers (He et al. 2015, arXiv:1502.01852): uniform within ±√(6 / inputs)."""

    title: ClassVar[str] = "He, uniform"
    kind: Literal["he_uniform"] = "he_uniform"

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        bound = (6 / shape[0]) ** 0.5
        return rng.uniform(-bound, bound, shape)

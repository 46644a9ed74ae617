"""How a layer's weights begin."""

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.component import Component, discover, union


class Initializer(Component):
    """The rule that draws a layer's first weights."""

    family: ClassVar[str] = "initializers"

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """The first weights, of shape (inputs, units)."""
        raise NotImplementedError


discover(__name__)

if TYPE_CHECKING:
    AnyInitializer = Initializer
else:
    AnyInitializer = union(Initializer)

"""How a layer's weights and biases begin.

A weight matrix has shape (inputs, units), so each unit adds up `inputs` numbers. A bias vector has shape (units,) and adds up nothing: the rules that keep
the spread of a sum alike have no say there, and refuse it. `zeros`, `constant`, `normal`, `uniform` and `explicit` begin either.
"""

from math import prod
from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Component, Real, discover, union
from engine.errors import SpecError

Shape = tuple[int, ...]
Matrix = NDArray[np.float64]

Gain = Annotated[Real, Field(gt=0, le=100, description="Factor for the activation that follows")]


class Initializer(Component):
    """The rule that draws a layer's first weights."""

    family: ClassVar[str] = "initializers"

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        """The first values, float64 of this shape: (inputs, units) for weights, (units,) for biases. Raises SpecError where the rule has no say."""
        raise NotImplementedError

    def fans(self, shape: Shape) -> tuple[int, int]:
        """How many numbers a unit adds up, and to how many units each goes on; refuses the shape of a bias.

        A filter of shape (filters, channels, height, width) adds up a window of all its channels.
        """
        if len(shape) == 4:
            return prod(shape[1:]), shape[0] * prod(shape[2:])
        if len(shape) != 2:
            name = self.title or self.kind
            raise SpecError("bias_init", f"{name} goes by how many inputs a unit adds up, and a bias adds up none; begin it with zeros, for example")
        return shape[0], shape[1]


def uniform_of_variance(rng: np.random.Generator, shape: Shape, variance: float) -> Matrix:
    """Uniform about 0: within ±√(3 · variance)."""
    bound = (3 * variance) ** 0.5
    return rng.uniform(-bound, bound, shape)


def normal_of_variance(rng: np.random.Generator, shape: Shape, variance: float) -> Matrix:
    """Normal about 0, not truncated."""
    return rng.normal(0, variance**0.5, shape)


discover(__name__)

if TYPE_CHECKING:
    AnyInitializer = Initializer
else:
    AnyInitializer = union(Initializer)

"""Normal."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart, Real
from engine.initializers import Initializer, Matrix, Shape


class Normal(Initializer):
    """Draws from a normal distribution of one spread, whatever the size of the layer."""

    title: ClassVar[str] = "normal"
    torch: ClassVar[Counterpart] = Counterpart("nn.init.normal_({tensor}, {mean}, {std})")
    keras: ClassVar[Counterpart] = Counterpart("keras.initializers.RandomNormal({mean}, {std})")
    kind: Literal["normal"] = "normal"
    mean: Real = Field(default=0.0, ge=-1e6, le=1e6, description="Mean")
    std: Real = Field(default=0.1, ge=0, le=1e6, description="Standard deviation")

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        return rng.normal(self.mean, self.std, shape)

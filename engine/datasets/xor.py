"""XOR."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int, Real
from engine.datasets import Dataset, Examples
from engine.streams import stream


class Xor(Dataset):
    """Four clouds in the corners of a square; opposite corners belong together."""

    title: ClassVar[str] = "XOR"
    prominent: ClassVar[bool] = True
    kind: Literal["xor"] = "xor"
    rows: Int = Field(default=200, ge=4, le=10_000, description="How many examples")
    noise: Real = Field(default=0.1, ge=0, le=1, description="Spread of the points")
    test_share: Real = Field(default=0.2, ge=0, le=0.9, description="Share kept aside for the test")

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "xor")
        corner = np.arange(self.rows) % 4
        centres = np.array([[-0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [0.5, -0.5]])
        inputs = centres[corner] + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, (corner >= 2)[:, None].astype(float), ("x₁", "x₂"))

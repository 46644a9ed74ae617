"""Two moons."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int, Real
from engine.datasets import Dataset, Examples
from engine.streams import stream


class Moons(Dataset):
    """Two half circles that reach into each other: no straight line parts them."""

    title: ClassVar[str] = "two moons"
    prominent: ClassVar[bool] = True
    kind: Literal["moons"] = "moons"
    rows: Int = Field(default=200, ge=4, le=10_000, description="How many examples")
    noise: Real = Field(default=0.1, ge=0, le=1, description="Spread of the points about their curve")
    test_share: Real = Field(default=0.2, ge=0, le=0.9, description="Share kept aside for the test")

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "moons")
        label = np.arange(self.rows) % 2
        angle = rng.uniform(0, np.pi, self.rows)
        upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
        inputs = (
            np.where(label[:, None] == 0, upper, lower) + rng.normal(0, self.noise, (self.rows, 2))
            if self.noise
            else np.where(label[:, None] == 0, upper, lower)
        )
        return Examples("binary", inputs, label[:, None].astype(float), ("x₁", "x₂"), ("upper moon", "lower moon"))

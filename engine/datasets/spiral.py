"""Spiral."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int, Real
from engine.datasets import Dataset, Examples
from engine.streams import stream


class Spiral(Dataset):
    """Two arms that wind around each other."""

    title: ClassVar[str] = "spiral"
    prominent: ClassVar[bool] = True
    kind: Literal["spiral"] = "spiral"
    rows: Int = Field(default=200, ge=4, le=10_000, description="How many examples")
    noise: Real = Field(default=0.1, ge=0, le=1, description="Spread of the points")
    test_share: Real = Field(default=0.2, ge=0, le=0.9, description="Share kept aside for the test")

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "spiral")
        label = np.arange(self.rows) % 2
        turn = np.sqrt(rng.uniform(0.01, 1, self.rows))
        angle = 3.5 * np.pi * turn / 2 + np.pi * label
        inputs = np.stack([turn * np.sin(angle), turn * np.cos(angle)], axis=1) + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, label[:, None].astype(float), ("x₁", "x₂"))

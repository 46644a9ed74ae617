"""Spiral."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Real
from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows


class Spiral(Dataset):
    """Two arms that wind around each other: hard for a small network (Lang and Witbrock 1988, "Learning to tell two spirals apart")."""

    title: ClassVar[str] = "spiral"
    prominent: ClassVar[bool] = True
    kind: Literal["spiral"] = "spiral"
    rows: RowCount = 200
    turns: Real = Field(default=1.0, gt=0, le=4, description="How many times each arm goes round")
    noise: Noise = 0.03
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "spiral")
        arm = np.arange(self.rows) % 2
        radius = np.sqrt(rng.uniform(0.01, 1, self.rows))  # the root spreads the points evenly along the growing arm
        angle = 2 * np.pi * self.turns * radius + np.pi * arm
        inputs = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1) + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, column(arm), numbered(2), ("first arm", "second arm"), square_windows(inputs))

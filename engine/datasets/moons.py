"""Two moons."""

from typing import ClassVar, Literal

import numpy as np

from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows


class Moons(Dataset):
    """Two half circles that reach into each other: no straight line parts them."""

    title: ClassVar[str] = "two moons"
    prominent: ClassVar[bool] = True
    kind: Literal["moons"] = "moons"
    rows: RowCount = 200
    noise: Noise = 0.1
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "moons")
        label = np.arange(self.rows) % 2
        angle = rng.uniform(0, np.pi, self.rows)
        upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
        inputs = np.where(label[:, None] == 0, upper, lower) + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, column(label), numbered(2), ("upper moon", "lower moon"), square_windows(inputs))

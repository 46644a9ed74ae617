"""Circles."""

from typing import ClassVar, Literal

import numpy as np

from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows


class Circles(Dataset):
    """A ring inside a ring: the distance from the middle parts them, and no straight line does."""

    title: ClassVar[str] = "circles"
    prominent: ClassVar[bool] = True
    kind: Literal["circles"] = "circles"
    rows: RowCount = 200
    noise: Noise = 0.08
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "circles")
        label = np.arange(self.rows) % 2
        radius = np.where(label == 0, 1.0, 0.5)
        angle = rng.uniform(0, 2 * np.pi, self.rows)
        inputs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1) + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, column(label), numbered(2), ("outer ring", "inner ring"), square_windows(inputs))

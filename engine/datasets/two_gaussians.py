"""Two Gaussians."""

from typing import ClassVar, Literal

import numpy as np

from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows


class TwoGaussians(Dataset):
    """Two round clouds: a straight line parts them as well as anything can, so a single layer is enough."""

    title: ClassVar[str] = "two Gaussians"
    kind: Literal["two_gaussians"] = "two_gaussians"
    rows: RowCount = 200
    noise: Noise = 0.3
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "two_gaussians")
        label = np.arange(self.rows) % 2
        middle = np.where(label[:, None] == 0, -0.5, 0.5)
        inputs = middle + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, column(label), numbered(2), ("lower cloud", "upper cloud"), square_windows(inputs))

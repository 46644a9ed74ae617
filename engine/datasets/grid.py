"""A grid of Gaussians."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, numbered
from engine.streams import stream
from engine.window import square_windows

NARROWEST = 0.05
"""How wide a cloud counts as at the least, where one asks what is near it."""


class Grid(Dataset):
    """Round clouds in rows and columns between −1 and 1, without labels: whether a generator finds all of them can be seen. The one target, 1, says: real."""

    title: ClassVar[str] = "grid of Gaussians"
    kind: Literal["grid"] = "grid"
    side: Int = Field(default=3, ge=2, le=6, description="How many clouds stand in a row, and in a column")
    rows: RowCount = 512
    noise: Noise = 0.08
    test_share: TestShare = 0.0

    def modes(self) -> tuple[NDArray[np.float64], float]:
        along = np.linspace(-1, 1, self.side)
        return np.stack([each.ravel() for each in np.meshgrid(along, along)], axis=1), max(self.noise, NARROWEST)

    def draw(self, seed: int) -> Examples:
        middles, _ = self.modes()
        place = np.arange(self.rows) % len(middles)
        inputs = middles[place] + stream(seed, "grid").normal(0, self.noise, (self.rows, 2))
        return Examples("regression", inputs, np.ones((self.rows, 1)), numbered(2), ranges=square_windows(inputs))

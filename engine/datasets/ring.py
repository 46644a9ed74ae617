"""A ring of Gaussians."""

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


class Ring(Dataset):
    """Round clouds evenly on a circle of radius 1, without labels: whether a generator finds all of them can be seen. The one target, 1, says: real."""

    title: ClassVar[str] = "ring of Gaussians"
    kind: Literal["ring"] = "ring"
    clouds: Int = Field(default=8, ge=2, le=24, description="How many clouds")
    rows: RowCount = 512
    noise: Noise = 0.08
    test_share: TestShare = 0.0

    def modes(self) -> tuple[NDArray[np.float64], float]:
        angle = 2 * np.pi * np.arange(self.clouds) / self.clouds
        return np.stack([np.sin(angle), np.cos(angle)], axis=1), max(self.noise, NARROWEST)

    def draw(self, seed: int) -> Examples:
        middles, _ = self.modes()
        place = np.arange(self.rows) % len(middles)
        inputs = middles[place] + stream(seed, "ring").normal(0, self.noise, (self.rows, 2))
        return Examples("regression", inputs, np.ones((self.rows, 1)), numbered(2), ranges=square_windows(inputs))

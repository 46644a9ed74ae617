"""XOR."""

from typing import ClassVar, Literal

import numpy as np

from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows

CORNERS = np.array([[-0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [0.5, -0.5]])
"""The first two are where both coordinates agree, the last two where they differ."""


class Xor(Dataset):
    """Four clouds in the corners of a square; opposite corners belong together, so one layer cannot part them (Minsky and Papert 1969)."""

    title: ClassVar[str] = "XOR"
    prominent: ClassVar[bool] = True
    kind: Literal["xor"] = "xor"
    rows: RowCount = 200
    noise: Noise = 0.1
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "xor")
        corner = np.arange(self.rows) % 4
        inputs = CORNERS[corner] + rng.normal(0, self.noise, (self.rows, 2))
        return Examples("binary", inputs, column(corner >= 2), numbered(2), ("alike", "different"), square_windows(inputs))

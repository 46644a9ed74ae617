"""Sine."""

from typing import ClassVar, Literal

import numpy as np

from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column
from engine.streams import stream
from engine.window import windows


class Sine(Dataset):
    """One full wave: the target is the sine of the one input, which goes from -π to π."""

    title: ClassVar[str] = "sine"
    kind: Literal["sine"] = "sine"
    rows: RowCount = 200
    noise: Noise = 0.1
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "sine")
        inputs = rng.uniform(-np.pi, np.pi, (self.rows, 1))
        target = np.sin(inputs[:, 0]) + rng.normal(0, self.noise, self.rows)
        return Examples("regression", inputs, column(target), ("x",), ranges=windows(inputs))

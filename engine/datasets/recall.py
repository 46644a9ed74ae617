"""Recall."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream


class Recall(Dataset):
    """A sequence of numbers: was the first one positive? All others are noise, and whoever answers has kept the first in mind (Bengio et al. 1994)."""

    title: ClassVar[str] = "recall"
    kind: Literal["recall"] = "recall"
    rows: RowCount = 200
    steps: Int = Field(default=10, ge=2, le=50, description="How many numbers there are to read")
    noise: Noise = 0.2
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "recall")
        inputs = rng.normal(0, self.noise, (self.rows, self.steps))
        inputs[:, 0] += 2 * rng.permutation(np.arange(self.rows) % 2) - 1
        return Examples("binary", inputs, column(inputs[:, 0] > 0), numbered(self.steps), ("negative", "positive"))

"""Blobs."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows


class Blobs(Dataset):
    """Several round clouds, one for each class, with their middles evenly on a circle of radius 1.

    Two classes are told apart by one target, 0 or 1; more have a target each.
    """

    title: ClassVar[str] = "blobs"
    kind: Literal["blobs"] = "blobs"
    classes: Int = Field(default=3, ge=2, le=10, description="How many classes")
    rows: RowCount = 200
    noise: Noise = 0.25
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "blobs")
        label = np.arange(self.rows) % self.classes
        angle = 2 * np.pi * label / self.classes
        inputs = np.stack([np.sin(angle), np.cos(angle)], axis=1) + rng.normal(0, self.noise, (self.rows, 2))
        names = tuple(f"blob {number}" for number in range(1, self.classes + 1))
        if self.classes == 2:
            return Examples("binary", inputs, column(label), numbered(2), names, square_windows(inputs))
        return Examples("classes", inputs, np.eye(self.classes)[label], numbered(2), names, square_windows(inputs))

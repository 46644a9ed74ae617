"""Small pattern images."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare
from engine.streams import stream

SHAPES = {
    "bar across": ("000", "111", "000"),
    "bar down": ("010", "010", "010"),
    "cross": ("010", "111", "010"),
    "diagonal": ("001", "010", "100"),
    "ring": ("111", "101", "111"),
}
"""Drawn in 3 × 3 points each."""


class Patterns(Dataset):
    """Small pictures of a bar, a cross, a diagonal or a ring, anywhere in the picture: what counts is the pattern and not its place."""

    title: ClassVar[str] = "pattern images"
    kind: Literal["patterns"] = "patterns"
    rows: RowCount = 500
    side: Int = Field(default=6, ge=3, le=16, description="Height and width of a picture in points")
    noise: Noise = 0.1
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "patterns")
        label = np.arange(self.rows) % len(SHAPES)
        corners = rng.integers(0, self.side - 2, (self.rows, 2))
        pictures = np.zeros((self.rows, self.side, self.side))
        for picture, kind, (top, left) in zip(pictures, label, corners, strict=True):
            picture[top : top + 3, left : left + 3] = drawn(list(SHAPES)[kind])
        inputs = np.clip(pictures + rng.normal(0, self.noise, pictures.shape), 0, 1).reshape(self.rows, -1)
        columns = tuple(f"row {row} column {place}" for row in range(1, self.side + 1) for place in range(1, self.side + 1))
        image = {"height": self.side, "width": self.side, "max": 1}
        return Examples("classes", inputs, np.eye(len(SHAPES))[label], columns, tuple(SHAPES), image=image)


def drawn(name: str) -> NDArray[np.float64]:
    """A pattern's points, (3, 3): 0 is paper, 1 is ink."""
    return np.array([[float(point) for point in row] for row in SHAPES[name]])

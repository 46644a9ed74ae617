"""Plane."""

from typing import ClassVar, Literal

from engine.datasets import Dataset, Examples, Noise, RowCount, TestShare, column, numbered
from engine.streams import stream
from engine.window import square_windows


class Plane(Dataset):
    """A tilted plane over the square from -1 to 1: the target is the mean of the two inputs, so one linear layer can fit it."""

    title: ClassVar[str] = "plane"
    kind: Literal["plane"] = "plane"
    rows: RowCount = 200
    noise: Noise = 0.05
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "plane")
        inputs = rng.uniform(-1, 1, (self.rows, 2))
        target = inputs.mean(axis=1) + rng.normal(0, self.noise, self.rows)
        return Examples("regression", inputs, column(target), numbered(2), ranges=square_windows(inputs))

"""The adding problem."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, RowCount, TestShare, at_steps, column
from engine.streams import stream


class Adding(Dataset):
    """Add up the two numbers of a sequence that carry a mark, one in its first and one in its second half (Hochreiter and Schmidhuber 1997).

    Each step has a number between 0 and 1 and a mark, 0 or 1. Whoever remembers nothing can but say 1, at a mean squared error of 1/6.
    """

    title: ClassVar[str] = "adding problem"
    kind: Literal["adding"] = "adding"
    rows: RowCount = 1000
    steps: Int = Field(default=10, ge=2, le=100, description="How long a sequence is")
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        rng = stream(seed, "adding")
        numbers, marks = rng.uniform(0, 1, (self.rows, self.steps)), np.zeros((self.rows, self.steps))
        half, every = self.steps // 2, np.arange(self.rows)
        marks[every, rng.integers(0, half, self.rows)] = 1
        marks[every, rng.integers(half, self.steps, self.rows)] = 1
        inputs = np.stack([numbers, marks], axis=2).reshape(self.rows, -1)
        return Examples("regression", inputs, column((numbers * marks).sum(axis=1)), at_steps(self.steps, ("number", "mark")), shape=(self.steps, 2))

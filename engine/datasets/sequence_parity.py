"""Parity of sequences."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, RowCount, TestShare, at_steps, column
from engine.streams import stream


class SequenceParity(Dataset):
    """Is the number of ones in a sequence odd? One bit of memory is enough, if each one that is read turns it over; bits are -1 and 1."""

    title: ClassVar[str] = "parity of sequences"
    kind: Literal["sequence_parity"] = "sequence_parity"
    rows: RowCount = 400
    steps: Int = Field(default=6, ge=2, le=64, description="How long a sequence is")
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        bits = stream(seed, "sequence parity").integers(0, 2, (self.rows, self.steps))
        inputs = (2 * bits - 1).astype(np.float64)
        return Examples("binary", inputs, column(bits.sum(axis=1) % 2), at_steps(self.steps, ("bit",)), ("even", "odd"), shape=(self.steps, 1))

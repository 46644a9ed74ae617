"""Parity."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Int
from engine.datasets import Dataset, Examples, TestShare, column, numbered


class Parity(Dataset):
    """Every row of some bits, each -1 or 1: is the number of ones odd? Turning any single bit turns the answer (Rumelhart, Hinton and Williams 1986)."""

    title: ClassVar[str] = "parity"
    kind: Literal["parity"] = "parity"
    bits: Int = Field(default=4, ge=2, le=10, description="How many bits; there are 2 to this power examples")
    test_share: TestShare = 0.0

    def draw(self, seed: int) -> Examples:
        bits = (np.arange(2**self.bits)[:, None] >> np.arange(self.bits)[::-1]) & 1
        return Examples("binary", (2 * bits - 1).astype(np.float64), column(bits.sum(axis=1) % 2), numbered(self.bits), ("even", "odd"))

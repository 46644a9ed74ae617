"""Digits."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Real
from engine.datasets import Dataset, Examples


class Digits(Dataset):
    """1,797 handwritten digits of 8 × 8 points, each 0 to 16."""

    title: ClassVar[str] = "digits"
    kind: Literal["digits"] = "digits"
    test_share: Real = Field(default=0.2, ge=0, le=0.9, description="Share kept aside for the test")

    def draw(self, seed: int) -> Examples:
        from sklearn.datasets import load_digits

        loaded = load_digits()
        columns = tuple(f"{row},{column}" for row in range(8) for column in range(8))
        names = tuple(str(digit) for digit in range(10))
        return Examples("classes", loaded.data, np.eye(10)[loaded.target], columns, names, image={"height": 8, "width": 8, "max": 16})

"""Digits."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Flag
from engine.datasets import Dataset, Examples, TestShare
from engine.datasets.bundled import bundled

SIDE, DARKEST = 8, 16


class Digits(Dataset):
    """1,797 handwritten digits of 8 × 8 points, each point from 0 (paper) to 16 (ink) (Alpaydin and Kaynak 1998)."""

    title: ClassVar[str] = "digits"
    slow: ClassVar[bool] = True
    kind: Literal["digits"] = "digits"
    scale: Flag = Field(default=False, description="Divide each point by 16, so that it lies between 0 and 1")
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        found = bundled("digits")
        columns = tuple(f"row {row} column {column}" for row in range(1, SIDE + 1) for column in range(1, SIDE + 1))
        inputs = found.inputs / DARKEST if self.scale else found.inputs
        image = {"height": SIDE, "width": SIDE, "max": 1 if self.scale else DARKEST}
        return Examples("classes", inputs, found.one_hot(), columns, found.class_names, image=image)

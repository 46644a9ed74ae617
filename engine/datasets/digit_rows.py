"""Digits, row by row."""

from typing import ClassVar, Literal

from engine.datasets import Dataset, Examples, TestShare
from engine.datasets.digits import SIDE, Digits


class DigitRows(Dataset):
    """The same 1,797 handwritten digits, read like a text: a sequence of 8 rows from the top down, each of 8 points between 0 (paper) and 1 (ink)."""

    title: ClassVar[str] = "digits, row by row"
    slow: ClassVar[bool] = True
    kind: Literal["digit_rows"] = "digit_rows"
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        whole = Digits(scale=True).draw(seed)
        return Examples("classes", whole.inputs, whole.targets, whole.columns, whole.class_names, image=whole.image, shape=(SIDE, SIDE))

"""Iris."""

from typing import ClassVar, Literal

from engine.datasets import Dataset, Examples, TestShare
from engine.datasets.bundled import bundled


class Iris(Dataset):
    """150 flowers of three kinds, by the length and width in cm of their sepals and petals (Fisher 1936)."""

    title: ClassVar[str] = "iris"
    slow: ClassVar[bool] = True
    kind: Literal["iris"] = "iris"
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        found = bundled("iris")
        return Examples("classes", found.inputs, found.one_hot(), found.columns, found.class_names)

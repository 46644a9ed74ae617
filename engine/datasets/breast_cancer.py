"""Breast cancer."""

from typing import ClassVar, Literal

from engine.datasets import Dataset, Examples, TestShare, column
from engine.datasets.bundled import bundled


class BreastCancer(Dataset):
    """569 tumours, malignant or benign, by thirty measurements of their cell nuclei (Street, Wolberg and Mangasarian 1993)."""

    title: ClassVar[str] = "breast cancer"
    slow: ClassVar[bool] = True
    kind: Literal["breast_cancer"] = "breast_cancer"
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        found = bundled("breast_cancer")
        return Examples("binary", found.inputs, column(found.targets), found.columns, found.class_names)

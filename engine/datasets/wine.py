"""Wine."""

from typing import ClassVar, Literal

from engine.datasets import Dataset, Examples, TestShare
from engine.datasets.bundled import bundled


class Wine(Dataset):
    """178 wines from three growers, by thirteen chemical measurements in units of very different size (Forina et al. 1988)."""

    title: ClassVar[str] = "wine"
    slow: ClassVar[bool] = True
    kind: Literal["wine"] = "wine"
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        found = bundled("wine")
        return Examples("classes", found.inputs, found.one_hot(), found.columns, ("grower 1", "grower 2", "grower 3"))

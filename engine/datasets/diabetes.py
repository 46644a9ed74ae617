"""Diabetes."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Flag
from engine.datasets import Dataset, Examples, TestShare, column
from engine.datasets.bundled import bundled


class Diabetes(Dataset):
    """How far the illness of 442 patients went in a year, from ten measurements at its start (Efron et al. 2004)."""

    title: ClassVar[str] = "diabetes"
    slow: ClassVar[bool] = True
    kind: Literal["diabetes"] = "diabetes"
    scale: Flag = Field(default=True, description="Give the target in hundreds, so that it goes from 0.25 to 3.46 and not from 25 to 346")
    test_share: TestShare = 0.2

    def draw(self, seed: int) -> Examples:
        found = bundled("diabetes")
        target = found.targets / 100 if self.scale else found.targets
        return Examples("regression", found.inputs, column(target), found.columns)

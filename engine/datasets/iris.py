"""Iris."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Real
from engine.datasets import Dataset, Examples


class Iris(Dataset):
    """150 flowers of three kinds, by the length and width of sepal and petal (Fisher 1936)."""

    title: ClassVar[str] = "iris"
    kind: Literal["iris"] = "iris"
    test_share: Real = Field(default=0.2, ge=0, le=0.9, description="Share kept aside for the test")

    def draw(self, seed: int) -> Examples:
        from sklearn.datasets import load_iris

        loaded = load_iris()
        columns = ("sepal length", "sepal width", "petal length", "petal width")
        return Examples("classes", loaded.data, np.eye(3)[loaded.target], columns, ("setosa", "versicolor", "virginica"))

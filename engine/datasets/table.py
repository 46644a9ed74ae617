"""A table of one's own."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Real
from engine.datasets import Dataset, Examples, Task
from engine.errors import SpecError

Rows = tuple[tuple[Real, ...], ...]


class Table(Dataset):
    """Rows of numbers that you bring: inputs and targets."""

    title: ClassVar[str] = "a table of your own"
    kind: Literal["table"] = "table"
    inputs: Rows = Field(default=((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)), min_length=1, description="One row an example")
    targets: Rows = Field(default=((0.0,), (1.0,), (1.0,), (0.0,)), min_length=1, description="One row an example")
    names: tuple[str, ...] | None = Field(default=None, description="Names of the input columns")
    class_names: tuple[str, ...] | None = Field(default=None, description="Names of the classes")
    task: Task | None = Field(default=None, description="What the targets mean; null is worked out: 0/1 in one column is two classes, one-hot rows are many")
    test_share: Real = Field(default=0.0, ge=0, le=0.9, description="Share kept aside for the test")

    def draw(self, seed: int) -> Examples:
        inputs, targets = _matrix("data.inputs", self.inputs), _matrix("data.targets", self.targets)
        if len(inputs) != len(targets):
            raise SpecError("data.targets", f"there are {len(inputs)} rows of inputs and {len(targets)} of targets; give one target row an input row")
        names = self.names or tuple(f"x{str(i + 1).translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}" for i in range(inputs.shape[1]))
        if len(names) != inputs.shape[1]:
            raise SpecError("data.names", f"there are {inputs.shape[1]} input columns and {len(names)} names")
        return Examples(self.task or _task(targets), inputs, targets, names, self.class_names)


def _matrix(field: str, rows: Rows) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    width = len(rows[0])
    for number, row in enumerate(rows):
        if len(row) != width or width == 0:
            raise SpecError(
                f"{field}.{number}", f"row {number + 1} has {len(row)} numbers, and the first row has {width}; every row needs the same, at least 1"
            )
    return np.array(rows, dtype=np.float64)


def _task(targets: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Task:
    whole = bool(np.isin(targets, (0, 1)).all())
    if whole and targets.shape[1] == 1:
        return "binary"
    return "classes" if whole and bool((targets.sum(axis=1) == 1).all()) else "regression"

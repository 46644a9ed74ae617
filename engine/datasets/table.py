"""A table of one's own."""

from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.datasets import Dataset, Examples, Task, TestShare, numbered
from engine.errors import SpecError
from engine.rows import Rows

Name = Annotated[str, Field(min_length=1, max_length=200)]
Matrix = NDArray[np.float64]

CLASSES = 256
"""The most classes that class numbers can tell apart."""


class Table(Dataset):
    """Rows of numbers that you bring: inputs, and the targets that belong to them.

    Where `task` is null it is worked out from the targets. One column of 0 and 1 only: two classes ("binary"). Several columns with a single 1 in each
    row, or one column of whole numbers from 0 together with three or more `class_names`: many classes ("classes"). Anything else: numbers ("regression").
    A stated task takes a little more: "binary" also shares between 0 and 1, or -1 and 1; "classes" also shares that add up to 1, or class numbers.
    """

    title: ClassVar[str] = "a table of your own"
    kind: Literal["table"] = "table"
    inputs: Rows = Field(default=((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)), description="One row an example")
    targets: Rows = Field(default=((0.0,), (1.0,), (1.0,), (0.0,)), description="One row an example")
    names: tuple[Name, ...] | None = Field(default=None, description="Names of the input columns; null is x₁, x₂, …")
    class_names: tuple[Name, ...] | None = Field(default=None, description="Names of the classes, the one of 0 first")
    task: Task | None = Field(default=None, description="What the targets mean; null works it out from them")
    test_share: TestShare = 0.0

    def draw(self, seed: int) -> Examples:
        inputs, targets = np.array(self.inputs), np.array(self.targets)
        if len(inputs) != len(targets):
            raise SpecError("data.targets", f"inputs has {_rows(len(inputs))} and targets has {_rows(len(targets))}; give each example one row in both")
        names = numbered(inputs.shape[1]) if self.names is None else self.names
        if len(names) != inputs.shape[1]:
            raise SpecError("data.names", f"inputs has {_columns(inputs.shape[1])}, and {len(names)} came as names; name each column once")
        task = self.task or infer_task(targets, self.class_names)
        made = _as_classes(targets, len(self.class_names or ())) if task == "classes" else targets
        if task == "binary":
            _check_binary(made)
        self._check_class_names(task, made.shape[1])
        return Examples(task, inputs, made, names, self.class_names)

    def _check_class_names(self, task: Task, outputs: int) -> None:
        if self.class_names is None:
            return
        if task == "regression":
            raise SpecError("data.class_names", "these targets are numbers and not classes, so class_names has nothing to name; leave it out or set task")
        classes = 2 if task == "binary" else outputs
        if len(self.class_names) != classes:
            raise SpecError("data.class_names", f"there are {classes} classes, and {len(self.class_names)} came as class_names; name each class once")


def infer_task(targets: Matrix, class_names: tuple[str, ...] | None = None) -> Task:
    """What targets mean where nobody says."""
    if targets.shape[1] == 1:
        if class_names and len(class_names) != 2 and _class_numbers(targets):
            return "classes"
        return "binary" if _only(targets, 0, 1) else "regression"
    return "classes" if _only(targets, 0, 1) and bool((targets.sum(axis=1) == 1).all()) else "regression"


def _as_classes(targets: Matrix, named: int) -> Matrix:
    """Targets with a column for each class, one-hot or shares that add up to 1; class numbers get as many as there are names."""
    if targets.shape[1] == 1:
        if not _class_numbers(targets):
            raise SpecError("data.targets", f"one column for classes holds class numbers, 0, 1, 2 … up to {CLASSES - 1}; or give each class a column")
        return np.eye(max(2, named, int(targets.max()) + 1))[targets[:, 0].astype(np.intp)]
    wrong = (targets < 0).any(axis=1) | (np.abs(targets.sum(axis=1) - 1) > 1e-6)
    if wrong.any():
        row = int(wrong.argmax()) + 1
        raise SpecError("data.targets", f"row {row} of the targets does not add up to 1; for classes, give 1 to the right one and 0 to the others")
    return targets


def _check_binary(targets: Matrix) -> None:
    if targets.shape[1] != 1:
        raise SpecError("data.targets", f"two classes take one column of targets, and {targets.shape[1]} came; give 0 or 1 for each row")
    wrong = (targets[:, 0] < 0) | (targets[:, 0] > 1)
    if wrong.any() and not _only(targets, -1, 1):
        row = int(wrong.argmax())
        raise SpecError("data.targets", f"row {row + 1} of the targets is {targets[row, 0]:g}; for two classes, each is 0 or 1")


def _class_numbers(targets: Matrix) -> bool:
    return bool(((targets >= 0) & (targets < CLASSES) & (targets == np.floor(targets))).all())


def _only(values: Matrix, *allowed: float) -> bool:
    return bool(np.isin(values, allowed).all())


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _columns(count: int) -> str:
    return "1 column" if count == 1 else f"{count:,} columns"

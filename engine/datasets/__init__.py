"""Where the examples come from."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from engine.component import Component, discover, union

Task = Literal["binary", "classes", "regression"]


@dataclass(frozen=True)
class Examples:
    """Raw examples, before splitting, features and standardisation.

    inputs (rows, columns); targets (rows, outputs): 0/1 in one column for "binary", one-hot for "classes", numbers for "regression".
    """

    task: Task
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    columns: tuple[str, ...]
    class_names: tuple[str, ...] | None = None
    ranges: tuple[tuple[float, float], ...] | None = None
    image: dict[str, int] | None = field(default=None)


class Dataset(Component):
    """A source of examples, split into a training and a test part."""

    family: ClassVar[str] = "datasets"

    def draw(self, seed: int) -> Examples:
        """All examples, in their own order, the same for the same seed."""
        raise NotImplementedError

    def test_part(self) -> float:
        """The share of the rows kept aside for the test, from 0 to 0.9."""
        return float(getattr(self, "test_share", 0.0))


discover(__name__)

if TYPE_CHECKING:
    AnyDataset = Dataset
else:
    AnyDataset = union(Dataset)

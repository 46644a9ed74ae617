"""Where the examples come from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Component, Int, Real, discover, union
from engine.op import Shape

Task = Literal["binary", "classes", "regression"]

RowCount = Annotated[Int, Field(ge=4, le=10_000, description="How many examples")]
Noise = Annotated[Real, Field(ge=0, le=1, description="How far the points stray, as a standard deviation")]
TestShare = Annotated[Real, Field(ge=0, le=0.9, description="Share of the examples kept aside to test with")]

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Examples:
    """Raw examples, before splitting, features and standardisation; the arrays are read-only.

    inputs (rows, columns); targets (rows, outputs): 0/1 in one column for "binary", one-hot for "classes", numbers for "regression".
    `ranges` is the part of the plane that a plot shows; `image` says that the columns are the points of a picture, row by row.
    `shape` says that the columns are a sequence of (steps, values), `target_shape` that there is a target of (steps, outputs) at each step.
    `alphabet` holds the characters of a text, by their numbers.
    """

    task: Task
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    columns: tuple[str, ...]
    class_names: tuple[str, ...] | None = None
    ranges: tuple[tuple[float, float], ...] | None = None
    image: dict[str, int] | None = None
    shape: Shape | None = None
    target_shape: Shape | None = None
    alphabet: str | None = None

    def __post_init__(self) -> None:
        self.inputs.setflags(write=False)
        self.targets.setflags(write=False)


class Dataset(Component):
    """A source of examples, split into a training and a test part."""

    family: ClassVar[str] = "datasets"
    slow: ClassVar[bool] = False
    """Whether the first draw of all takes a second, because what it is read with has to be loaded; it may be made on any thread."""

    def draw(self, seed: int) -> Examples:
        """All examples, in their own order, the same for the same seed."""
        raise NotImplementedError

    def modes(self) -> tuple[NDArray[np.float64], float] | None:
        """The middles of the clouds that the examples are drawn from, (modes, columns), and their standard deviation; None where there are no such clouds."""
        return None

    def test_part(self) -> float:
        """The share of the rows kept aside for the test, from 0 to 0.9."""
        return float(getattr(self, "test_share", 0.0))


def numbered(count: int) -> tuple[str, ...]:
    """The names of columns that have none: x₁, x₂, …"""
    return tuple(f"x{number}".translate(SUBSCRIPTS) for number in range(1, count + 1))


def at_steps(steps: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a sequence's columns: those of one step, step after step, counted from 1."""
    return tuple(f"{name} at step {step}" for step in range(1, steps + 1) for name in names)


def column(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """(rows,) values as targets of one column, (rows, 1)."""
    return values.astype(np.float64)[:, None]


discover(__name__)

if TYPE_CHECKING:
    AnyDataset = Dataset
else:
    AnyDataset = union(Dataset)

"""What the network sees of an example: columns made from the raw ones."""

from typing import TYPE_CHECKING, Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from engine.component import Component, Int, discover, union

Index = Annotated[Int, Field(ge=0, le=4095)]


class Feature(Component):
    """One input column computed from the raw columns of an example."""

    family: ClassVar[str] = "features"

    def uses(self) -> tuple[int, ...]:
        """The raw columns that it reads, counted from 0."""
        raise NotImplementedError

    def name(self, columns: tuple[str, ...]) -> str:
        """What the feature is called, given the names of the raw columns."""
        raise NotImplementedError

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows, columns) raw values to (rows,) values of this feature."""
        raise NotImplementedError


discover(__name__)

if TYPE_CHECKING:
    AnyFeature = Feature
else:
    AnyFeature = union(Feature)

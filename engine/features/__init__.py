"""What the network sees of an example: columns made from the raw ones."""

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.component import Component, discover, union


class Feature(Component):
    """One input column computed from the raw columns of an example."""

    family: ClassVar[str] = "features"
    text: ClassVar[str] = ""
    needs: ClassVar[int] = 1

    def compute(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows, columns) raw values to (rows,) values of this feature."""
        raise NotImplementedError


discover(__name__)

if TYPE_CHECKING:
    AnyFeature = Feature
else:
    AnyFeature = union(Feature)

"""The measured data sets that come with scikit-learn: read from its files once, without the network, and kept read-only."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Name = Literal["iris", "wine", "breast_cancer", "digits", "diabetes"]


@dataclass(frozen=True)
class Bundled:
    """inputs (rows, columns) in the units of the study; targets (rows,), class numbers or measurements; names as the file gives them."""

    inputs: NDArray[np.float64]
    targets: NDArray[np.float64]
    columns: tuple[str, ...]
    class_names: tuple[str, ...] | None

    def one_hot(self) -> NDArray[np.float64]:
        """Class numbers as rows with a single 1."""
        return np.eye(int(self.targets.max()) + 1)[self.targets.astype(np.intp)]


@cache
def bundled(name: Name) -> Bundled:
    """One of scikit-learn's data sets; scikit-learn is imported only here, because that takes a second."""
    from sklearn import datasets

    load = getattr(datasets, f"load_{name}")
    found = load(scaled=False) if name == "diabetes" else load()
    inputs, targets = np.array(found.data, dtype=np.float64, order="C"), np.array(found.target, dtype=np.float64)
    inputs.setflags(write=False)
    targets.setflags(write=False)
    classes = tuple(map(str, found.target_names)) if "target_names" in found else None
    return Bundled(inputs, targets, tuple(str(column).removesuffix(" (cm)").replace("_", " ") for column in found.feature_names), classes)

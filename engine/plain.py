"""Arrays as plain lists for JSON, in which a number that is not finite is null."""

from math import isfinite
from typing import Any

import numpy as np


def plain(values: Any) -> Any:
    """Nested lists of floats, or one float; infinities and NaN become None."""
    array = np.asarray(values, dtype=np.float64)
    if np.isfinite(array).all():
        return array.tolist()
    return _nulls(array)


def finite(value: Any) -> Any:
    """The same objects, lists and numbers, in which a number that is not finite is None."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(each) for each in value]
    return value


def _nulls(array: np.ndarray[Any, Any]) -> Any:
    if array.ndim == 0:
        return float(array) if np.isfinite(array) else None
    return [_nulls(part) for part in array]

"""Numbers as Python source that reads back to the same bits."""

import textwrap
from math import isfinite, isnan
from typing import Any

import numpy as np

from engine.formula.calls import Array

WRITTEN_OUT = 1000
"""Numbers that a script holds as text; more are loaded from a file that is offered beside it."""
WIDTH = 110
"""Characters of a line that holds several rows of one number."""


def number(value: float, precision: str = "") -> str:
    """One number; `precision` is the dtype that it must have where that is not Python's own float."""
    shown = repr(float(value)) if isfinite(value) else "np.nan" if isnan(value) else "np.inf" if value > 0 else "-np.inf"
    return f"{precision}({shown})" if precision else shown


def array(values: Array, precision: str = "") -> str:
    """A vector on one line, a matrix with a line for each row; rows of one number share lines. What has more axes is a matrix in another shape."""
    if values.ndim > 2:
        return f"{array(values.reshape(-1, values.shape[-1]), precision)}.reshape{values.shape}"
    dtype = f", {precision}" if precision else ""
    if values.ndim == 1:
        return f"np.array({_row(values)}{dtype})"
    rows = [_row(row) for row in values]
    lines = textwrap.wrap(", ".join(rows) + ",", WIDTH, break_long_words=False, break_on_hyphens=False) if values.shape[1] == 1 else [f"{row}," for row in rows]
    return "np.array([\n" + "".join(f"    {line}\n" for line in lines) + f"]{dtype})"


def precision(dtype: np.dtype[Any]) -> str:
    """What a script says of a dtype: nothing for float64, which is NumPy's own choice."""
    return "" if dtype == np.float64 else f"np.{dtype}"


def _row(values: Array) -> str:
    return "[" + ", ".join(number(value) for value in values) + "]"

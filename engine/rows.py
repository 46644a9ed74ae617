"""Rows of numbers that a person hands in: checked cell by cell, refused in a sentence that names the row and the column."""

import math
from collections.abc import Sequence
from typing import Annotated, TypeGuard

from pydantic import BeforeValidator

from engine.words import quoted

LARGEST = 1e30
"""The largest magnitude taken; float32 ends at about 3e38."""
NUMBERS = 1_000_000
"""The most numbers taken at once."""

PLAIN = {int, float}
"""What a cell read from JSON is; true and false are of a type of their own."""


def check_rows(rows: object) -> object:
    """Rows of equal length, each cell a finite number; raises ValueError with a sentence. Rows and columns are counted from 1."""
    if _clearly_right(rows):
        return rows
    if not _listed(rows) or len(rows) == 0:
        raise ValueError("a list of rows is expected here, with at least one row, such as [[0.5, 1], [2, 3]]")
    width = len(rows[0]) if _listed(rows[0]) else 0
    for number, row in enumerate(rows, 1):
        if not _listed(row):
            raise ValueError(f"row {number} is {_shown(row)}; each row is a list of numbers, such as [0.5, 1]")
        if len(row) == 0:
            raise ValueError(f"row {number} is empty; give it at least one number")
        if len(row) != width:
            raise ValueError(f"row {number} has {_count(len(row))} and row 1 has {width}; give every row the same number of columns")
        for column, cell in enumerate(row, 1):
            _check_number(cell, f"row {number}, column {column}")
    _check_size(len(rows) * width)
    return rows


def check_values(values: object) -> object:
    """A row of finite numbers, or rows of them; raises ValueError with a sentence."""
    if not _listed(values) or len(values) == 0:
        raise ValueError("a list of numbers or of rows is expected here, such as [0.1, 0.2] or [[0.1, 0.2], [0.3, 0.4]]")
    if any(_listed(item) for item in values):
        return check_rows(values)
    for number, value in enumerate(values, 1):
        _check_number(value, f"number {number}")
    _check_size(len(values))
    return values


Rows = Annotated[tuple[tuple[float, ...], ...], BeforeValidator(check_rows)]
"""Rows of one length, (rows, columns)."""
Values = Annotated[tuple[tuple[float, ...], ...] | tuple[float, ...], BeforeValidator(check_values)]
"""A matrix as rows, or a vector."""


def _clearly_right(rows: object) -> bool:
    """Whether these are rows of one length with nothing but numbers of a sane size, told in a fraction of the time that looking at each cell takes."""
    if not isinstance(rows, list) or not all(type(row) is list for row in rows) or len(set(map(len, rows))) != 1:
        return False
    if not rows[0] or len(rows) * len(rows[0]) > NUMBERS:
        return False
    return all(PLAIN.issuperset(map(type, row)) and min(row) >= -LARGEST and max(row) <= LARGEST and math.isfinite(sum(row)) for row in rows)


def _check_number(cell: object, place: str) -> None:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise ValueError(f"{place} is {_shown(cell)}; a number is expected there")
    if isinstance(cell, float) and not math.isfinite(cell):
        raise ValueError(f"{place} is {_shown(cell)}; fill it in or leave that row out, since only finite numbers can be computed with")
    if abs(cell) > LARGEST:
        raise ValueError(f"{place} is {_shown(cell)}; numbers up to {LARGEST:.0e} are taken, so scale that column down")


def _check_size(numbers: int) -> None:
    if numbers > NUMBERS:
        raise ValueError(f"there are {numbers:,} numbers here, and the limit is {NUMBERS:,}; leave out rows or columns")


def _listed(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, list | tuple)


def _count(numbers: int) -> str:
    return "1 number" if numbers == 1 else f"{numbers} numbers"


def _shown(value: object) -> str:
    """A short picture of what came."""
    if isinstance(value, str):
        return f"the text {quoted(value, 20)}"
    if value is None:
        return "missing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.6g}" if isinstance(value, float) or abs(value) < 10**9 else "a very large number"
    return "a list" if _listed(value) else "not a number"

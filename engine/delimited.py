"""Delimited text as records: the delimiter and the row of names are found where nobody tells."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.errors import TableError

ROWS = 10_000
COLUMNS = 64
CELL = 64
"""The most rows under the names, columns, and characters in a cell."""

DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
"""In the order they are tried: the comma last, because it also stands inside numbers."""

NOT_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
MISSING = {"", "?", "na", "n/a", "#n/a", "nan", "null"}
INFINITE = {"inf", "infinity", "∞"}
"""What stands for no value, and what for no finite number beside numbers, in lower case and without a sign."""
SAMPLE = 100


class Record(NamedTuple):
    """One row and its number, counted from 1 as in a spreadsheet: with the row of names and with blank lines."""

    row: int
    cells: list[str]


@dataclass(frozen=True)
class Delimited:
    """Records of one width, none of them blank."""

    delimiter: str
    records: list[Record]

    def column(self, place: int) -> list[str]:
        """The cells of a column, counted from 0."""
        return [record.cells[place] for record in self.records]

    def is_number(self, cell: str) -> bool:
        """Whether a cell is a number, with a decimal point or, where commas do not part the columns, a decimal comma."""
        return bool(NUMBER.fullmatch(cell)) or self.is_comma_number(cell)

    def is_comma_number(self, cell: str) -> bool:
        """Whether a cell is a number where a comma stands for the decimal point."""
        return self.delimiter != "," and "." not in cell and bool(NUMBER.fullmatch(cell.replace(",", ".")))

    def seems_to_have_names(self) -> bool:
        """Whether the first record reads like names: no number in it, and numbers or other words beneath."""
        first, rest = self.records[0], self.records[1:]
        if any(self.is_number(cell) for cell in first.cells):
            return False
        if any(self.is_number(cell) for record in rest for cell in record.cells):
            return True
        return not any(cell in (record.cells[place] for record in rest) for place, cell in enumerate(first.cells))


def read(text: str, delimiter: str | None = None) -> Delimited:
    """Records of delimited text, with or without quotes (RFC 4180), any line ends and a byte order mark; raises TableError."""
    text = text.removeprefix("\ufeff")
    chosen = _find(text) if delimiter is None else _known(delimiter)
    records = list(_records(text, chosen))
    if not records:
        raise TableError("the table is empty; give a row of names and, under it, one row for each example")
    width = max(_filled(record.cells) for record in records)
    records = [Record(row, cells[:width] if _filled(cells[width:]) == 0 and len(cells) > width else cells) for row, cells in records]
    for record in records:
        if len(record.cells) != len(records[0].cells):
            raise TableError(
                f"row {record.row} has {_cells(record.cells)} and row {records[0].row} has {len(records[0].cells)}; "
                "give every row the same number, and put a cell that holds the delimiter in quotes",
                row=record.row,
            )
    if width > COLUMNS:
        raise TableError(f"the table has {width:,} columns, and the limit is {COLUMNS}; leave some out")
    return Delimited(chosen, records)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    """Every record that holds something, tidied."""
    found = 0
    for row, cells in _raw(text, delimiter):
        tidy = [_tidy(cell, row, place) for place, cell in enumerate(cells, 1)]
        if any(tidy):
            found += 1
            if found > ROWS + 1:
                raise TableError(f"the table has more than {ROWS:,} rows; leave some out", row=row)
            yield Record(row, tidy)


def _raw(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=delimiter != "\t", strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "limit" in str(error):
                raise TableError(f"row {row} has a cell that is far too long; the limit is {CELL} characters", row=row) from None
            raise TableError(f"row {row} has a quotation mark that is not closed, or text right after a closed one; close it or double it", row=row) from None
        yield row, cells


def _tidy(cell: str, row: int, place: int) -> str:
    tidy = " ".join(cell.split())
    if NOT_TEXT.search(tidy):
        raise TableError(f"row {row}, column {place} holds a character that is not text; save the table as CSV in UTF-8", row, str(place))
    if len(tidy) > CELL:
        raise TableError(f"row {row}, column {place} has {len(tidy)} characters, and the limit is {CELL}; shorten it or leave the column out", row, str(place))
    return tidy.replace("−", "-") if NUMBER.fullmatch(tidy.replace("−", "-").replace(",", ".")) else tidy


def _find(text: str) -> str:
    """The first delimiter that parts every row into the same number of cells, two or more; else the one that parts the first row most."""
    most, best = 0, ","
    for delimiter in DELIMITERS:
        widths = _widths(text, delimiter)
        if len(set(widths)) == 1 and widths[0] > 1:
            return delimiter
        if widths and widths[0] > most:
            most, best = widths[0], delimiter
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    """How many cells the first rows have; 0 at the end where a row cannot be read."""
    widths: list[int] = []
    try:
        for _, cells in _raw(text, delimiter):
            if any(cell.strip() for cell in cells):
                widths.append(len(cells))
            if len(widths) == SAMPLE:
                break
    except TableError:
        widths.append(0)
    return widths


def _known(delimiter: str) -> str:
    delimiter = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if delimiter not in DELIMITERS:
        raise TableError(f"the delimiter “{delimiter[:10]}” is not known; give one of , ; | or tab, or leave it out and it is found")
    return delimiter


def _filled(cells: list[str]) -> int:
    """How many cells there are up to the last one that holds something."""
    return max((place for place, cell in enumerate(cells, 1) if cell), default=0)


def _cells(cells: list[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells)} cells"

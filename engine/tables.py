"""Tables as text: a CSV file as a person has it becomes the `data` of a spec, with words for what was made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.delimited import DELIMITERS, INFINITE, MISSING, ROWS, Delimited, Record, read
from engine.errors import TableError
from engine.rows import LARGEST, NUMBERS

CATEGORIES = 20
CLASSES = 20
"""The most different words in an input column, and in the target column."""
TEST_FROM = 10
"""From this many rows on, a fifth is kept aside to test with."""

TWO_CLASSES = ((0.0, 1.0), (-1.0, 1.0), (1.0, 2.0))
"""Pairs of numbers that people write for two classes."""


@dataclass(frozen=True)
class Column:
    """One column of the file, read: either numbers, or words with their categories in alphabetical order."""

    name: str
    cells: list[str]
    numbers: list[float] | None
    categories: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "category" if self.numbers is None else "number"

    def one_hot(self) -> list[list[float]]:
        """Words as rows with a single 1."""
        places = {category: place for place, category in enumerate(self.categories)}
        return [[float(places[cell] == place) for place in range(len(places))] for cell in self.cells]

    def inputs(self) -> tuple[list[str], list[list[float]]]:
        """The input columns it becomes: their names and, for each row, their numbers."""
        if self.numbers is not None:
            return [self.name], [[number] for number in self.numbers]
        return [f"{self.name}={category}" for category in self.categories], self.one_hot()


def parse_table(text: str, *, target: str | int | None = None, delimiter: str | None = None, header: bool | None = None) -> dict[str, Any]:
    """Read a table of examples, one a row; raises TableError with the row (as in a spreadsheet) and the column.

    `target` is the name of the column to be predicted or its place from 0, by default the last; `delimiter` is one of , ; | and tab; `header` says
    whether row 1 holds names. What is not told is found. A column in which every cell is a number is taken as it is; words become one column for
    each category. Words in the target are classes, and so are the pairs 0 and 1, -1 and 1, 1 and 2; other numbers are a regression.
    The answer holds `data`, which is the data of a spec; `columns`, what each column was taken for; and `notes`, the same in sentences.
    """
    table = read(text, delimiter)
    named = table.seems_to_have_names() if header is None else header
    names = _names(table.records[0], named=named)
    body = Delimited(table.delimiter, table.records[1:] if named else table.records)
    place = _target(target, names)
    if not body.records:
        raise TableError("there is a row of names and no row under it; give one row for each example", row=table.records[0].row)
    if len(body.records) > ROWS:
        raise TableError(f"the table has more than {ROWS:,} rows; leave some out", row=body.records[ROWS].row)
    if len(names) < 2:
        raise TableError("the table has one column only; it needs at least one input beside the target, with a comma, semicolon, bar or tab between the two")
    _refuse_missing(body, names)
    hint = "" if named or header is not None else "; if row 1 holds names, say so (header=true)"
    columns = [_column(body, index, name, hint, CLASSES if index == place else CATEGORIES) for index, name in enumerate(names)]
    goal = columns.pop(place)
    width = sum(len(column.categories) or 1 for column in columns)
    if width * len(body.records) > NUMBERS:
        raise TableError(f"with a column for each category these are {width * len(body.records):,} numbers, and the limit is {NUMBERS:,}; leave out rows")
    task, targets, class_names, says = _goal(goal)
    parts = [column.inputs() for column in columns]
    data = {
        "kind": "table",
        "inputs": [[number for part in row for number in part] for row in zip(*(rows for _, rows in parts), strict=True)],
        "targets": targets,
        "names": [name for made, _ in parts for name in made],
        "class_names": class_names,
        "task": task,
        "test_share": 0.2 if len(targets) >= TEST_FROM else 0.0,
    }
    columns.insert(place, goal)
    shown = [
        {"name": column.name, "role": "target" if column is goal else "input", "kind": column.kind, "categories": list(column.categories) or None}
        for column in columns
    ]
    return {"data": data, "columns": shown, "notes": [*_reading_notes(body, named), says, *_input_notes([c for c in columns if c is not goal])]}


def _names(first: Record, *, named: bool) -> list[str]:
    if not named:
        return [f"column {number}" for number in range(1, len(first.cells) + 1)]
    names = [cell or f"column {number}" for number, cell in enumerate(first.cells, 1)]
    for place, name in enumerate(names):
        if name in names[:place]:
            both = f"number {names.index(name) + 1} and number {place + 1}"
            raise TableError(f"two columns are called {name}, {both}; give each a name of its own", first.row, name)
    return names


def _target(target: str | int | None, names: Sequence[str]) -> int:
    if target is None:
        return len(names) - 1
    if target in names:
        return names.index(str(target))
    wanted = str(target)
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 4 and int(wanted) < len(names):
        return int(wanted)
    raise TableError(
        f"there is no column called {wanted[:64]}; there is: {', '.join(names)}, or a place from 0 to {len(names) - 1} counted from 0", column=wanted[:64]
    )


def _refuse_missing(body: Delimited, names: Sequence[str]) -> None:
    for row, cells in body.records:
        for number, (cell, name) in enumerate(zip(cells, names, strict=True), 1):
            if cell.casefold() in MISSING:
                what = f"says “{cell}”, which means missing" if cell else "is empty"
                raise TableError(f"{_place(row, number, name)} {what}; fill it in, or leave that row or column out", row, name)


def _column(body: Delimited, place: int, name: str, hint: str, limit: int) -> Column:
    """Read one column as numbers or as words; a word among numbers is refused where it looks like a slip."""
    cells = body.column(place)
    strays = [index for index, cell in enumerate(cells) if not body.is_number(cell)]
    if not strays:
        return Column(name, cells, _numbers(body, place, name))
    endless = next((index for index in strays if cells[index].casefold().lstrip("+-−") in INFINITE), None)
    if endless is not None and len(strays) < len(cells):
        row = body.records[endless].row
        what = f"is “{cells[endless]}”; only finite numbers can be computed with, so give one or leave that row out"
        raise TableError(f"{_place(row, place + 1, name)} {what}", row, name)
    different = sorted(set(cells))
    if len(strays) * 2 < len(cells) and len(different) > min(limit, len(cells) / 2):
        row = body.records[strays[0]].row
        raise TableError(f"{_place(row, place + 1, name)} is “{cells[strays[0]]}”, and most of that column are numbers; give a number there{hint}", row, name)
    if len(different) > limit:
        words = f"has {len(different):,} different words, and the limit is {limit}"
        raise TableError(f"column {place + 1} ({name}) {words}; leave it out or join some", column=name)
    return Column(name, cells, None, tuple(different))


def _numbers(body: Delimited, place: int, name: str) -> list[float]:
    cells = body.column(place)
    commas, points = (next((i for i, cell in enumerate(cells) if sign in cell), None) for sign in ",.")
    if commas is not None and points is not None:
        row = body.records[max(commas, points)].row
        mixed = f"{cells[commas]} and {cells[points]}"
        raise TableError(f"{_place(row, place + 1, name)}: that column has both {mixed}; write every decimal point alike, and no sign for thousands", row, name)
    numbers = [float(cell.replace(",", ".")) for cell in cells]
    for record, number in zip(body.records, numbers, strict=True):
        if abs(number) > LARGEST:
            large = f"{_place(record.row, place + 1, name)} is {record.cells[place]}"
            raise TableError(f"{large}; numbers up to {LARGEST:.0e} are taken, so scale that column down", record.row, name)
    return numbers


def _goal(goal: Column) -> tuple[str, list[list[float]], list[str] | None, str]:
    """The task, the targets, the names of the classes and a sentence about them."""
    if goal.numbers is not None:
        values = tuple(sorted(set(goal.numbers)))
        if values in TWO_CLASSES:
            classes = [f"{value:g}" for value in values]
            sentence = f"The target is {goal.name}, two classes: {classes[0]} and {classes[1]}."
            return "binary", [[float(number == values[1])] for number in goal.numbers], classes, sentence
        sentence = f"The target is {goal.name}, a number from {values[0]:.4g} to {values[-1]:.4g}."
        if len(values) == 1:
            sentence = f"The target is {goal.name}, which is {values[0]:.4g} in every row, so there is little to learn."
        elif max(map(abs, values)) > 10:
            sentence += " Networks learn numbers near 1 more easily: consider another unit for it."
        elif len(values) <= CLASSES < len(goal.cells) and all(value.is_integer() for value in values):
            sentence += " If these numbers stand for classes, write words in their place."
        return "regression", [[number] for number in goal.numbers], None, sentence
    names = list(goal.categories)
    if len(names) == 1:
        raise TableError(f"the target {goal.name} is “{names[0]}” in every row; there is nothing to tell apart, so choose another target", column=goal.name)
    sentence = f"The target is {goal.name}, {len(names)} classes: {', '.join(names[:5])}{', …' if len(names) > 5 else ''}."
    if len(names) == 2:
        return "binary", [[float(cell == names[1])] for cell in goal.cells], names, sentence
    return "classes", goal.one_hot(), names, sentence


def _reading_notes(body: Delimited, named: bool) -> list[str]:
    rows = "1 row" if len(body.records) == 1 else f"{len(body.records):,} rows"
    notes = [f"{rows}; {DELIMITERS[body.delimiter]} part the columns."]
    notes.append("Row 1 holds the names of the columns." if named else "No row holds names, so the columns are numbered.")
    if body.delimiter != "," and any("," in cell and body.is_comma_number(cell) for record in body.records for cell in record.cells):
        notes.append("Commas inside numbers were read as decimal points.")
    return notes


def _input_notes(columns: Sequence[Column]) -> list[str]:
    notes = [f"{column.name} holds words, so each of its {len(column.categories)} categories is a column." for column in columns if column.numbers is None]
    if any(abs(number) > 10 for column in columns for number in column.numbers or ()):
        notes.append("Some inputs are larger than 10: standardise them.")
    return notes


def _place(row: int, number: int, name: str) -> str:
    return f"row {row}, column {number}" + ("" if name == f"column {number}" else f" ({name})")

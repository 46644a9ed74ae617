"""The network as a picture on paper: where its units stand and its weights run, in tenths of a millimetre."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine.worksheet.parts import Numbers, Part

if TYPE_CHECKING:
    from engine.session import Session

WIDTH = 1700
STEP = 230
RADIUS = 70
LEFT = 270
RIGHT = 430
LABELLED = 3
"""Units of a layer up to which each weight is written at its line."""


def drawing(session: "Session", row: list[float], targets: list[float], numbers: Numbers) -> Part:
    """Units with their names, given inputs and targets, and the weights of a small network at their lines."""
    columns = session.symbols.columns
    most = max(column.units for column in columns)
    height = STEP * most
    places = {
        (column.index, unit): (
            LEFT + (WIDTH - LEFT - RIGHT) * column.index / (len(columns) - 1),
            height * (unit + 0.5) / column.units if column.units == most else height / 2 + STEP * (unit - (column.units - 1) / 2),
        )
        for column in columns
        for unit in range(column.units)
    }
    units: list[dict[str, Any]] = []
    for column in columns:
        for unit in range(column.units):
            x, y = places[column.index, unit]
            letter = "x" if column.index == 0 else column.letter
            index = [] if column.last and column.units == 1 else [*([] if column.last or not column.index else [str(column.index)]), str(unit + 1)]
            told = numbers.given(row[unit])["text"] if column.index == 0 else f"{numbers.given(targets[unit])['text']}" if column.last else ""
            units.append({"x": x, "y": y, "letter": letter, "index": ",".join(index), "given": told, "side": "left" if column.index == 0 else "right"})
    lines = [line for before, after in pairwise(columns) for line in _lines(session, before.index, after.index, places, numbers)]
    return {"width": WIDTH, "height": height + 20, "radius": RADIUS, "units": units, "lines": lines}


def _lines(session: "Session", before: int, after: int, places: dict[tuple[int, int], tuple[float, float]], numbers: Numbers) -> list[Part]:
    columns = session.symbols.columns
    made = session.program.tape.nodes[columns[after].pre or 0]
    weights = session.program.tape.nodes[made.arguments()["W"]].name
    start, stop = session.parameters_arena.spans[weights]
    values = session.shown_parameters()[start:stop].reshape(session.parameters_arena.views[weights].shape)
    labelled = max(columns[before].units, columns[after].units) <= LABELLED
    found = []
    for i in range(columns[before].units):
        for j in range(columns[after].units):
            (x1, y1), (x2, y2) = places[before, i], places[after, j]
            share = 0.3
            label = numbers.given(values[i, j])["text"] if labelled else ""
            found.append({"x1": x1, "y1": y1, "x2": x2, "y2": y2, "label": label, "x": x1 + share * (x2 - x1), "y": y1 + share * (y2 - y1)})
    return found

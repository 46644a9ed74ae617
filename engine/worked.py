"""A line of an update worked out on single numbers: as it is written, with the numbers in the place of its names, and what comes out."""

from collections.abc import Collection, Mapping
from typing import Any

from engine.formula import evaluate, given, math, measured, typeset
from engine.optimizers import Line
from engine.typesetting import assignment

DIGITS = 4


def worked(line: Line, symbols: Mapping[str, str], numbers: Mapping[str, float] | None, value: float, chosen: Collection[str]) -> dict[str, Any]:
    """A line as JSON: `formula` and `numbers` are MathML; `relation` is "=" where the rounded numbers give the rounded value, else "≈".

    The names in `chosen` stand for settings, which are shown as they were given; without numbers the line is still to come.
    """
    told: dict[str, Any] = {"target": line.target, "formula": math(assignment(line.target, line.formula, symbols)), "numbers": None, "relation": "="}
    if numbers is None:
        return told
    shown = {name: given(number) if name in chosen else measured(number, DIGITS) for name, number in numbers.items()}
    rounded = {name: float(f"{number:.7g}") if name in chosen else _rounded(number) for name, number in numbers.items()}
    same = _rounded(evaluate(line.formula, rounded)) == _rounded(value)
    return {**told, "numbers": math(typeset(line.formula, shown)), "relation": "=" if same else "≈"}


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")

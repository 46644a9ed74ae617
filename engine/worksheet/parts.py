"""What a worksheet is made of: formulas, numbers given or left blank, and tables of them. All of it is plain JSON."""

import re
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from engine.errors import OutOfReach
from engine.formula import math
from engine.formula.latex import latex
from engine.streams import stream
from engine.words import figure

Part = dict[str, Any]


def formula(content: str) -> Part:
    """A formula from its MathML content, in both languages and as it is read aloud."""
    return {"math": math(content), "latex": latex(content), "text": " ".join(re.findall(r"[^<>]+(?=<)", content))}


def sub(letter: str, *index: str) -> str:
    """MathML content of a letter with an index, such as z₁,ⱼ."""
    shown = "<mo>,</mo>".join(f"<mn>{part}</mn>" if part.isdigit() else f"<mi>{part}</mi>" for part in index if part)
    return f"<msub><mi>{letter}</mi><mrow>{shown}</mrow></msub>" if shown else f"<mi>{letter}</mi>"


class Numbers:
    """Writes numbers to so many digits, and leaves some of them blank: of the kinds that were chosen all, some by chance, or none."""

    def __init__(self, digits: int, blanks: Iterable[str], density: str, seed: int) -> None:
        self.digits = digits
        self.blanks = set(blanks)
        self.density = density
        self.chance = stream(seed, "worksheet")

    def given(self, value: float) -> Part:
        """A number that is told."""
        return self._cell(value, blank=False)

    def asked(self, kind: str, value: float) -> Part:
        """A number that may be left to be worked out."""
        drawn = self.density == "all" or (self.density == "some" and self.chance.random() < 0.5)
        return self._cell(value, blank=kind in self.blanks and drawn)

    def _cell(self, value: float, *, blank: bool) -> Part:
        if not isfinite(value):
            raise OutOfReach("a number of this update is not finite, and no pencil could work it out; step back to where all of them are")
        shown = figure(float(value), self.digits)
        return {"value": float(value), "text": shown, "latex": _latex(float(value), self.digits), "blank": blank}


def table(caption: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[Part]]], note: str = "") -> Part:
    """A table with a formula over each column and before each row."""
    return {
        "caption": caption,
        "note": note,
        "heads": [formula(head) for head in heads],
        "rows": [{"head": formula(head), "cells": list(cells)} for head, cells in rows],
    }


def section(title: str, says: Sequence[str], formulas: Sequence[str], tables: Sequence[Part], *, room: int) -> Part:
    """A part of the sheet: what is asked, the formulas for it, tables, and so many empty lines to work on."""
    return {"title": title, "says": list(says), "formulas": [formula(each) for each in formulas], "tables": list(tables), "room": room}


def _latex(value: float, digits: int) -> str:
    mantissa, _, power = f"{value:.{digits}g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa

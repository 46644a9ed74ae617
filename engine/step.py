"""What an instruction says of itself, where neither an op nor a line of the optimiser says it."""

from typing import NamedTuple


class Step(NamedTuple):
    """One instruction in words: its cell, what it has done, what it will do, its formula as MathML content, and what it is for."""

    short: str
    done: str
    todo: str
    formula: str
    doc: str = ""

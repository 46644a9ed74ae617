"""Elementwise formulas: parsed once, then typeset, compiled, evaluated and spelled as NumPy, so that what is read is what runs.

The language: numbers, names, + - * /, squares (x**2), comparisons inside `where`, and the functions of `FUNCTIONS`.
There is no broadcasting: every name is an array of one shape or a single number.
"""

from engine.formula.calls import Call, compile_formula
from engine.formula.figures import Symbol, given, measured
from engine.formula.fold import fold
from engine.formula.mathml import math, typeset
from engine.formula.numbers import evaluate
from engine.formula.parse import FUNCTIONS, names, parse
from engine.formula.source import source

__all__ = ["FUNCTIONS", "Call", "Symbol", "compile_formula", "evaluate", "fold", "given", "math", "measured", "names", "parse", "source", "typeset"]

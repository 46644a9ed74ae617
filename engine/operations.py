"""How many arithmetic operations a list of calls does, counted from the calls themselves and the shapes of what they are given."""

from collections.abc import Iterable
from functools import partial

import numpy as np

from engine.formula import Call
from engine.formula.calls import Array

RULE = (
    "Counted from the calls that the program makes: a product of matrices, m × k times k × n, is 2·m·k·n operations (a multiplication and an addition each); "
    "any other calculation is one for each number that it writes, whether a sum or a tanh, and one for each that it adds up or compares; "
    "copying numbers is none."
)
MOVES = {"copyto", "take", "fill"}


def operations(calls: Iterable[Call]) -> int:
    """The operations of these calls, by `RULE`."""
    return sum(_count(call) for call in calls)


def products(call: Call) -> int:
    """The operations of a call that is a product of matrices; 0 for every other."""
    function, arguments = call
    own = function.func if isinstance(function, partial) else function
    target = getattr(own, "__self__", None)
    arrays = [each for each in arguments if isinstance(each, np.ndarray)]
    if getattr(own, "__name__", "") == "dot" and isinstance(target, np.ndarray):
        return _product(target, arrays[0])
    if own is np.matmul:
        return 2 * int(arrays[2].size) * int(arrays[0].shape[-1])
    return 0


def _count(call: Call) -> int:
    function, arguments = call
    own = function.func if isinstance(function, partial) else function
    arrays = [each for each in arguments if isinstance(each, np.ndarray)]
    if getattr(own, "__name__", "") in MOVES:
        return 0
    if multiplied := products(call):
        return multiplied
    if isinstance(own, np.ufunc) and isinstance(function, partial):
        return int(np.size(function.keywords["out"]))
    if isinstance(own, np.ufunc):
        return int(arrays[own.nin].size)
    return max((each.size for each in arrays), default=0)


def _product(left: Array, right: Array) -> int:
    """Twice the elements of the left side times the columns of the right."""
    return 2 * int(left.size) * (int(right.size) // int(left.shape[-1]))

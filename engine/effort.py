"""How long a session will keep everybody else waiting, predicted from the shapes of its program before it is run.

Nothing interrupts an update, and a record of all examples only between two pieces of them. The calls of the pass forward are counted as they are; the pass
back is twice that, and an estimated gradient is two passes forward and a draw of every parameter for each direction.
"""

from collections.abc import Iterable
from math import ceil
from typing import TYPE_CHECKING

from engine.errors import TooLarge
from engine.formula import Call
from engine.gradients.weight_perturbation import WeightPerturbation
from engine.operations import operations, products

if TYPE_CHECKING:
    from engine.session import Session
    from engine.settings import Settings

PRODUCT, NUMBER, CALL, DRAW = 6e-8, 1.5e-6, 6e-4, 1e-5
"""Milliseconds, on an ordinary core, for: an operation of a matrix product, a number that any other calculation writes, a call, a random number."""
LINES = 6
"""Calculations that the optimiser, or crediting a direction, makes of each parameter."""


def milliseconds(calls: Iterable[Call]) -> float:
    """How long these calls take."""
    made = list(calls)
    return _numbers(made) + CALL * len(made)


def rows_within(session: "Session", limit: float) -> int:
    """How many rows a pass forward takes in so many milliseconds beside its calls, as a power of two; the same for the same spec, on every machine."""
    size, program = max(session.programs.items())
    row = _numbers([call for each in program.instructions if each.phase == "forward" for call in each.calls]) / size
    return 1 << max(int(limit / max(row, 1e-9)).bit_length() - 1, 0)


def _numbers(calls: list[Call]) -> float:
    multiplied = sum(map(products, calls))
    return PRODUCT * multiplied + NUMBER * (operations(calls) - multiplied)


def predicted(session: "Session", settings: "Settings") -> tuple[float, float]:
    """The milliseconds of one update under these settings, and of one record."""
    size, program = max(session.programs.items())
    forward = milliseconds(call for each in program.instructions if each.phase in ("forward", "loss") for call in each.calls)
    parameters = session.parameters_arena.flat.size
    step = NUMBER * LINES * parameters
    gradient = settings.gradient
    if isinstance(gradient, WeightPerturbation):
        back = gradient.directions * (2 * forward + DRAW * parameters + step)
    else:
        back = 2 * forward
    return forward + back + step, forward * session.data.rows / size


def refuse_slow(session: "Session", settings: "Settings") -> None:
    """Raise TooLarge for settings under which an update or a record would take longer than is allowed."""
    fewer = "take fewer directions" if isinstance(settings.gradient, WeightPerturbation) else "take a smaller network or a smaller batch"
    update, record = predicted(session, settings)
    for name, what, expected, advice in (
        ("update_milliseconds", "one update", update, fewer),
        ("record_milliseconds", "one record of all examples", record, "take a smaller network or fewer examples"),
    ):
        if expected > session.limits[name]:
            raise TooLarge(f"The milliseconds that {what} is predicted to take", ceil(expected), session.limits[name], advice)

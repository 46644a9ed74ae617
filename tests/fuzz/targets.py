"""The three readers of other people's text, each with what holds for any text: it is read, or it is refused in a sentence of the engine's own."""

import contextlib
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from pydantic import ValidationError

from engine import EngineError, Position, Session, SessionSpec, parse_table, presets, read_formula
from engine.datasets.table import Table
from engine.errors import FormulaError
from engine.formula.parse import parse

Choose = Callable[[int], int]
"""A number from 0 up to, and without, the one given."""
SMALL = {"layers": 12, "units": 64, "parameters": 3000, "values": 20_000, "evaluated": 200_000, "rows": 400, "batch": 64, "snapshots": 2**20}
"""Limits under which a session is made in no time."""
SPECS: list[dict[str, Any]] = [preset["spec"] for preset in presets()]
ODD: list[Any] = [
    None, True, 0, 1, -1, 2, 3, 0.5, -0.0, 1e-300, 1e300, 2**31, 2**63, 10**400, float("nan"), float("inf"), "", "x", "0", "\ud800", "é", "a" * 300,
    [], [0], [1, 2], [[1, 2], [3]], [[0.5], [1]], {}, {"kind": "x"}, {"kind": "constant", "value": 1}, "loss = mean((w * x - y)**2)",
]  # fmt: skip
"""What is put where it may not belong."""
CSV = ["x,y,label\n0,0,no\n0,1,yes\n", "a;b\n1,5;2\n2,5;3\n", '"a","b"\n"1","2"\n', "1\t2\n3\t4\n", "a|b|c\n=1|+2|-3\n"]
FORMULAS = [
    "loss = mean((w * x - y)**2)",
    "p = sigmoid(w * x1 + v * x2 + b)\nloss = mean(-y * log(p))",
    "dy * (1 - y**2)",
    "where(x > 0, x, expm1(x))",
    "2×x − 1",
]


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Let pass what is refused as it should be, with a sentence."""
    try:
        yield
    except (EngineError, ValidationError) as error:
        if not str(error).strip():
            raise


def table(text: str) -> None:
    """A table: what is read can be trained on, and goes through JSON unharmed."""
    with refusals():
        data = parse_table(text)["data"]
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        made = Table.model_validate(data).draw(0)
        assert len(made.inputs) == len(made.targets) > 0


def formula(text: str) -> None:
    """A formula, of the engine's own or of a learner's: never run as Python, and never misread into an error of Python's."""
    with contextlib.suppress(FormulaError):
        parse(text)
    assert set(read_formula(text)) == {"parameters", "letters", "operations", "wrong"}


def spec(choose: Choose) -> None:
    """A description with parts exchanged: it is refused, or it makes a session that takes a step."""
    told = mutated(choose)
    with refusals():
        session = Session(SessionSpec.model_validate(told), SMALL)
        session.run(Position(1, 0))


def mutated(choose: Choose) -> Any:
    """A preset's description with up to four of its parts replaced: by something odd, or by a part of any other."""
    told: Any = deepcopy(SPECS[choose(len(SPECS))])
    for _ in range(1 + choose(4)):
        places = list(_places(told))
        holder, key = places[choose(len(places))]
        if choose(2):
            holder[key] = deepcopy(ODD[choose(len(ODD))])
        else:
            donors = list(_places(deepcopy(SPECS[choose(len(SPECS))])))
            other, name = donors[choose(len(donors))]
            holder[key if isinstance(key, int) or choose(2) else name] = other[name]
    return told


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Every part, as what holds it and the key under which it does; of long lists the first few."""
    for key in list(part) if isinstance(part, dict) else range(min(len(part), 8)):
        yield part, key
        if isinstance(part[key], (dict, list)):
            yield from _places(part[key])

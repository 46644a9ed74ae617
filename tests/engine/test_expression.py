"""A formula of one's own: read safely, refused with its place, and its gradients right by three witnesses."""

from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError, FormulaError, SpecError
from engine.formula.written import LONGEST, OPERATIONS, PARAMETERS, written
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from engine.tasks.expression import FORMULA
from tests.engine.networks import arrays
from tests.oracles.formula import gradients

DATA: dict[str, Any] = {"kind": "table", "inputs": [[-1.0], [0.5], [2.0]], "targets": [[0.2], [0.7], [0.9]], "task": "regression"}
STARTS = {"w2": 0.8, "w1": -0.6, "b1": 0.3, "b2": 0.1}
WIDE = """u = exp(-a * x) / (1 + abs(b * x))
q = sqrt(u) + sin(c * x) * cos(b + x)
loss = mean(maximum(q, a * x)**3 - log(u + c**2) * y + minimum(q, y)**-1 + relu(q) - softplus(b - 2 * q))"""
"""Every function that has a slope, and powers of several kinds."""


def session(formula: str = FORMULA, starts: dict[str, float] | None = None, *, straight: bool = False, **changes: Any) -> Session:
    task = {"kind": "expression", "formula": formula, "parameters": starts or {}, "straight_through": straight}
    return Session(SessionSpec.model_validate({"data": DATA, "batch_size": 3, "task": task, **changes}))


def told(made: Session) -> dict[str, float]:
    made.run(Position(0, made.program.ends["backward"]))
    return {name.removeprefix("0."): float(view[0]) for name, view in made.gradients_arena.views.items()}


def test_the_gradients_are_those_worked_out_on_paper() -> None:
    made = session(starts=STARTS)
    loss, expected = gradients(STARTS, [-1.0, 0.5, 2.0], [0.2, 0.7, 0.9])
    assert told(made) == pytest.approx(expected, rel=1e-13)
    assert float(made.program.loss_value) == pytest.approx(loss, rel=1e-14)


def test_the_gradients_are_those_of_pytorch() -> None:
    """PyTorch 2.13 in float64: the brief formula, and one with every function."""
    assert told(session(starts=STARTS)) == pytest.approx(
        {"w2": 0.1076631502043614, "w1": -0.10188774984917887, "b1": -0.028128828095016902, "b2": -0.041550581532308783}, rel=1e-12
    )
    made = session(WIDE, {"a": 0.7, "b": -0.4, "c": 1.3})
    assert told(made) == pytest.approx({"a": 5.204593192914855, "b": -0.06821422567841556, "c": -0.037657560138031676}, rel=1e-12)
    assert float(made.program.loss_value) == pytest.approx(5.555419475362296, rel=1e-13)


def test_the_gradients_are_those_measured() -> None:
    made = session(WIDE, {"a": 0.7, "b": -0.4, "c": 1.3}, l2=0.1)
    made.run(Position(2, 0))
    assert (made.check_all()["agree"], made.check_all()["ok"]) == (3, True)


def test_several_paths_are_added() -> None:
    """w is read three times: its gradient is the sum of what comes by each, and so says the ladder."""
    made = session("p = w * x + w\nloss = mean((p - y)**2 + 0.1 * w**2)", {"w": 0.5})
    made.run(Position(1, 0))
    explained = made.explain("parameter:0.w[0]", 0)
    rows = next(rung["rows"] for rung in explained["ladder"] if len(rung["rows"]) > 1)
    assert len(rows) == 3
    assert sum(row["product"] for row in rows) == pytest.approx(explained["gradient"], rel=1e-14)
    assert sum(one["product"] for one in made.paths("parameter:0.w[0]", 0)["rows"]) == pytest.approx(explained["gradient"], rel=1e-13)


def test_what_the_links_carry_adds_up_to_what_arrives() -> None:
    made = session(WIDE)
    made.run(Position(1, 0))
    found = made.event(["flows", "cotangents"], 1, 1, running=False)
    nodes = made.program.tape.nodes
    arrived: dict[int, float] = {}
    for link, number in found["flows"].items():
        reader, wrt = link.split(".")
        source = nodes[int(reader)].arguments()[wrt]
        arrived[source] = arrived.get(source, 0.0) + number
    for source, number in arrived.items():
        assert number == pytest.approx(found["cotangents"][str(source)][0], rel=1e-12)


def test_a_function_without_a_slope_stops_the_gradient_in_words() -> None:
    formula = "p = step(w * x + b)\nloss = mean((v * p - y)**2)"
    made = session(formula, {"w": 1.0, "b": 0.2, "v": 0.5})
    found = told(made)
    assert (found["w"], found["b"]) == (0.0, 0.0) and found["v"] != 0
    assert "w, b cannot learn" in made.graph()["task"]["notes"][0]
    assert any("step is flat" in instruction["done"] for instruction in made.graph()["instructions"])
    assert made.check_all()["ok"]


def test_straight_through_lets_the_gradient_pass_and_the_check_says_what_it_is() -> None:
    formula = "loss = mean((round(w * x + b) - y)**2)"
    passed = told(session(formula, {"w": 1.0, "b": 0.2}, straight=True))
    without = session("loss = mean((w * x + b - y)**2)", {"w": 1.0, "b": 0.2})
    rounded = np.rint(np.array([-0.8, 0.7, 2.2]))
    assert passed["b"] == pytest.approx(float(np.mean(2 * (rounded - [0.2, 0.7, 0.9]))), rel=1e-13)
    assert told(without)["b"] != passed["b"]
    made = session(formula, {"w": 1.0, "b": 0.2}, straight=True)
    made.run(Position(1, 0))
    verdict = made.check_all()
    assert not verdict["ok"] and "Straight-through is on" in verdict["sentence"]
    assert "no derivative" in made.graph()["task"]["notes"][0]


def test_letters_are_the_columns() -> None:
    data = {"kind": "table", "inputs": [[1.0, 2.0], [3.0, 5.0]], "targets": [[1.0], [0.0]], "task": "regression"}
    made = session("loss = mean((w * x2 + x1 - y)**2)", {"w": 2.0}, data=data)
    assert told(made)["w"] == pytest.approx(np.mean([2 * (4 + 1 - 1) * 2, 2 * (10 + 3 - 0) * 5]))
    with pytest.raises(SpecError, match="reads x, and this data has x1, x2"):
        session("loss = mean((w * x - y)**2)", data=data)


def test_stepping_is_running_and_going_back_is_exact() -> None:
    stepped, whole = session(WIDE), session(WIDE)
    whole.run(Position(3, 0))
    while stepped.position < Position(3, 0):
        stepped.run(stepped.target("op", 1))
    for mine, other in zip(arrays(stepped), arrays(whole), strict=True):
        np.testing.assert_array_equal(mine, other)
    before = stepped.parameters()
    stepped.seek(Position(1, 4))
    stepped.seek(Position(3, 0))
    assert stepped.parameters() == before


def test_names_without_a_start_are_drawn_from_the_seed() -> None:
    assert session(seed=3).parameters() == session(seed=3).parameters() != session(seed=4).parameters()
    assert session(starts={"w1": 0.25}).parameters()["0.w1"] == [0.25]


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("loss = mean((x - ", "line 1, character 13"),
        ("p = w * x\nloss = (p - y)^2", "line 2, character 8: a power is written with two stars"),
        ("loss = w * foo(x)", "line 1, character 12: there is no function foo"),
        ("loss = x.y * w", "line 1, character 8: x.y is outside"),
        ("import os", "each line gives a value to a name"),
        ("loss = __import__('os')", "there is no function __import__"),
        ("loss = (lambda: w)()", "outside the language"),
        ("loss = w**k", "character 11: a power is a number"),
        ("loss = mean(x * w) + mean(y)", "mean is taken over the examples, once"),
        ("loss = 3 * x", "nothing here can learn"),
        ("p = w * x", "the last line gives the loss its value"),
        ("loss = w * x\nq = w", "loss is the name of the last line"),
        ("q = w * x\nloss = (w - y)**2", "q is worked out and never read"),
        ("x = w * 2\nloss = x", "x comes from the data"),
        ("loss = q * w\nq = 3", "loss is the name of the last line"),
        ("p = q * w\nq = p * w\nloss = q", "q is read before it is given a value"),
        ("p = w * x\np = p * w\nloss = p", "p has a value already"),
        ("sin = w * x\nloss = sin", "sin cannot be a name here"),
        ("loss = tanh(w, x)", "tanh takes 1 value, and 2 came"),
        ("v1 = w * x\nloss = v1", "v1 is what the values between are called"),
        ("loss = w", "loss would be w itself"),
        ("loss = w * 1e12", "at most 1e+09"),
        ("loss = w * " + "9" * 400, "at most 1e+09"),
        ("loss = " + "w + " * 130, f"may have {LONGEST} characters"),
        ("loss = w" + "+w" * OPERATIONS + "+w", f"may have {OPERATIONS} operations"),
        ("loss = " + "+".join(f"a{number}" for number in range(PARAMETERS + 1)), f"may have {PARAMETERS} parameters"),
        ("loss = " + "(" * 240 + "w" + ")" * 240, "cannot be read as a formula"),
    ],
    ids=lambda value: None if "(" in value else value[:24],
)
def test_a_formula_that_is_none_is_refused_with_its_place(formula: str, says: str) -> None:
    with pytest.raises(FormulaError) as refused:
        written(formula)
    assert says in str(refused.value)


def test_a_start_for_no_parameter_is_refused() -> None:
    with pytest.raises(SpecError, match="w9 is given a start, and the formula has no such parameter"):
        session(starts={"w9": 1.0})


def test_another_library_is_refused_in_words() -> None:
    with pytest.raises(EngineError, match="take the NumPy script"):
        session().code("pytorch")

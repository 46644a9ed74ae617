"""Gradients estimated by weight perturbation: right on average, off by as much as theory says, replayed bit for bit, and never passed off as true."""

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from engine.arena import Arena
from engine.catalog import catalog
from engine.errors import OutOfReach, SpecError
from engine.formula.calls import Array
from engine.numeric import relative_error
from engine.perturbation import Perturbation, direction, expected_error
from engine.position import Position
from engine.program import Program
from engine.session import Session
from tests.engine.networks import bits, differentiated, flat, linear, make, trained

ONE = {"kind": "weight_perturbation", "directions": 1, "sigma": 1e-4}
MANY = {"kind": "weight_perturbation", "directions": 4, "sigma": 1e-3}
SAMPLES = 4000


@pytest.fixture(scope="module")
def drawn() -> tuple[Array, Array]:
    """The true gradient of a batch, (parameters,), and as many estimates of it from one direction each, (samples, parameters)."""
    session = differentiated(make(l2=0.05))
    program = session.program
    gradients = Arena(session.network.shapes, session.network.dtype)
    beside = Program(session.network.record(3, 0.0, 0.05), session.parameters_arena, gradients)
    np.copyto(beside.batch.flat, program.batch.flat)
    estimator = Perturbation(beside, 11, 1e-4, 1)
    calls = [call for _, calls in estimator.instructions() for call in calls]
    found = np.zeros((SAMPLES, session.parameter_count))
    for update in range(SAMPLES):
        estimator.begin(update)
        for function, arguments in calls:
            function(*arguments)
        found[update] = gradients.flat
    return session.gradients_arena.flat.copy(), found


def test_the_estimate_is_right_on_average(drawn: tuple[Array, Array]) -> None:
    """The mean over many directions lies within its own standard error of what backpropagation gives, for every parameter."""
    true, estimates = drawn
    error = estimates.std(axis=0, ddof=1) / np.sqrt(SAMPLES)
    off = (estimates.mean(axis=0) - true) / error
    assert np.abs(off).max() < 4
    assert 0.5 < np.mean(off**2) < 1.6, "as scattered as it says, and not less"


def test_the_error_falls_with_the_root_of_the_directions(drawn: tuple[Array, Array]) -> None:
    """|ĝ − g| / |g| is √((P + 1) / n)."""
    true, estimates = drawn
    for directions in (1, 4, 16, 64):
        means = estimates[: SAMPLES // directions * directions].reshape(-1, directions, true.size).mean(axis=1)
        off = np.sqrt(np.mean(np.sum((means - true) ** 2, axis=1))) / np.linalg.norm(true)
        assert off == pytest.approx(expected_error(true.size, directions), rel=0.15)


def test_an_update_is_what_its_formula_says() -> None:
    """Directions drawn, two losses each, and the credit: worked out again in plain NumPy from the losses of edited networks."""
    spec = make(gradient=MANY)
    session = differentiated(spec)
    start = session.network.parameters().flat
    expected = np.zeros_like(start)
    for number in range(4):
        v = direction(spec.seed, number, 0, start.size)
        losses = [loss_at(spec, start + sign * 1e-3 * v) for sign in (1, -1)]
        expected += (losses[0] - losses[1]) / (2 * 1e-3 * 4) * v
    assert relative_error(session.gradients_arena.flat, expected) < 1e-10


def loss_at(spec: Any, parameters: Array) -> float:
    session = Session(spec)
    session.edit(
        {name: parameters[start:stop].reshape(session.network.shapes[name]).tolist() for name, (start, stop) in session.parameters_arena.spans.items()}
    )
    session.run(session.target_forward())
    return float(session.state()["objective"])


def test_the_instructions_say_what_they_are() -> None:
    """Four for each direction, each with words and a formula that can be read; the gradients are there after the last, and no cotangent is."""
    session = Session(make(gradient=MANY))
    graph = session.graph()
    backward = [instruction for instruction in graph["instructions"] if instruction["phase"] == "backward"]
    assert [instruction["short"] for instruction in backward] == ["v", "L₊", "L₋", "ĝ"] * 4
    assert {instruction["group"] for instruction in backward} == {"weight perturbation"}
    for number, instruction in enumerate(backward):
        assert f"direction {number // 4 + 1} of 4" in instruction["done"] and f"direction {number // 4 + 1} of 4" in instruction["todo"]
        assert ElementTree.fromstring(instruction["formula"]).tag.endswith("math")
        found = session.explain(f"op:{instruction['index']}")
        assert found["title"].startswith("weight perturbation") and found["doc"] and found["sentence"]
    assert [len(instruction["computes"]) for instruction in backward] == [0] * 15 + [4]
    assert all(node["cotangent_at"] is None for node in graph["nodes"] if node["role"] != "parameter")
    assert graph["fields"]["cotangents"] == []
    seen = []
    while session.position < (1, 0):
        session.run(session.target("op", 1))
        seen.append(session.state()["sentence"])
    assert any("direction 2 of 4 is drawn" in sentence for sentence in seen)
    assert any("all weights nudged the other way" in sentence for sentence in seen)


def test_the_same_seed_draws_the_same_directions() -> None:
    """Directions hang on seed, update and number alone: an update gone back to is the same to the last bit, from the middle of it too."""
    session = trained(make(gradient=MANY), 3)
    for place in (Position(3, 0), Position(2, 9), Position(1, 12), Position(2, 17)):
        session.seek(place)
        there = bits(session)
        session.seek(Position(0, 0))
        session.seek(place)
        assert bits(session) == there
    other = trained(make(gradient=MANY, seed=12, data=make().data.model_dump()), 1)
    assert not np.array_equal(direction(11, 0, 0, 5), direction(12, 0, 0, 5))
    assert not np.array_equal(direction(11, 0, 0, 5), direction(11, 0, 1, 5))
    assert not np.array_equal(direction(11, 0, 0, 5), direction(11, 1, 0, 5))
    assert bits(other) != bits(trained(make(gradient=MANY), 1))


def test_an_edit_between_two_instructions_is_measured_with() -> None:
    session, other = Session(make(gradient=MANY)), Session(make(gradient=MANY))
    session.run(Position(0, 12))
    session.edit({"0.W[0,0]": 1.0})
    other.edit({"0.W[0,0]": 1.0})
    for each in (session, other):
        each.run(Position(0, each.program.ends["backward"]))
    assert np.array_equal(session.gradients_arena.flat, other.gradients_arena.flat)


@pytest.mark.parametrize("penalties", [{}, {"l1": 0.01, "l2": 0.1}], ids=["plain", "penalties"])
def test_each_example_has_its_own_estimate(penalties: dict[str, float]) -> None:
    """The examples' estimates average to the batch's, but for the penalties; what is laid open adds up to them."""
    session = trained(make(gradient=MANY, **penalties), 2)
    rows = session.batch_examples()
    mean = np.mean([flat(session.gradients(row)) for row in rows], axis=0)
    if not penalties:
        assert relative_error(mean, session.gradients_arena.flat) < 1e-9
    for name in ("0.W[1,2]", "2.b[1]"):
        found = session.explain(f"parameter:{name}", rows[0])
        estimate = found["estimate"]
        assert found["ladder"] == []
        assert "estimate" in found["sentence"]
        products = [row["product"] for row in estimate["rows"]]
        assert [row["rise"] * row["part"] for row in estimate["rows"]] == pytest.approx(products)
        assert sum(products) == pytest.approx(estimate["total"]) == pytest.approx(found["gradient"])
        assert found["batch"]["mean"] + (found["batch"]["penalty"] or 0) == pytest.approx(found["batch_gradient"])
        assert sum(found["examples"]["gradients"]) / len(rows) == pytest.approx(found["batch"]["mean"])


def test_many_directions_are_folded() -> None:
    session = trained(make(gradient={"kind": "weight_perturbation", "directions": 20}), 1)
    found = session.explain("parameter:0.W[0,0]", 0)["estimate"]
    assert len(found["rows"]) == 6 and found["folded"]["count"] == 14
    assert sum(row["product"] for row in found["rows"]) + found["folded"]["sum"] == pytest.approx(found["total"])
    sizes = [abs(row["product"]) for row in found["rows"]]
    assert sizes == sorted(sizes, reverse=True)


def test_the_badge_says_how_far_off_estimates_are() -> None:
    """Neither right nor wrong: the verdict tells the error that is and the error that must be expected, at once and after a change of settings too."""
    session, exact = trained(make(gradient=MANY), 1), trained(make(), 1)
    for each in (session, exact):
        each.update_start[...] = each.network.parameters().flat
    true = flat(differentiated(make()).gradients())
    found = session.check_all()
    off = float(np.linalg.norm(session.gradients_arena.flat - true) / np.linalg.norm(true))
    assert found["ok"] is None
    assert found["estimate"]["off"] == pytest.approx(off, rel=1e-6)
    assert found["estimate"]["expected"] == pytest.approx(np.sqrt((true.size + 1) / 4))
    assert found["short"].startswith("Estimates, off by") and "to be expected" in found["sentence"]
    assert all("off by" in tensor["sentence"] for tensor in found["tensors"])
    one = session.check("0.W[0,0]", None)
    assert one["agrees"] is None and "The estimate" in one["sentence"]
    assert one["difference"] == pytest.approx(true[0], rel=1e-6)
    proof = next(each for each in session.proving("parameter:0.W[0,0]") if each)
    assert proof["against"] == "measurement" and proof["sweep"][proof["best"]]["error"] < 1e-6
    session.configure({"gradient": {"kind": "backpropagation"}})
    assert session.check_all()["ok"] is None
    session.run(Position(2, 0))
    assert session.check_all()["ok"] is True and session.check_all()["estimate"] is None
    session.configure({"gradient": ONE})
    assert session.check_all()["ok"] is True
    session.run(Position(3, 0))
    assert session.check_all()["ok"] is None


def test_what_needs_a_way_back_is_refused_in_words() -> None:
    session = trained(make(gradient=MANY), 2)
    with pytest.raises(OutOfReach, match="has no paths"):
        session.paths("parameter:0.W[0,0]")
    with pytest.raises(OutOfReach, match="backpropagation"):
        session.code("numpy")
    neuron = session.explain("value:4[1]", session.batch_examples()[0])
    assert not neuron["cotangent_a"]["known"]
    assert session.values(4, 0)["known"]["cotangent"] is False
    session.run(Position(2, session.program.ends["loss"]))
    assert "random directions" in session.question()["why"]


@pytest.mark.parametrize("bug", [entry["kind"] for entry in catalog() if entry["family"] == "bugs"])
def test_a_bug_needs_a_backward_pass(bug: str) -> None:
    with pytest.raises(SpecError, match="needs it"):
        Session(make(gradient=ONE, bug={"kind": bug}, layers=[linear(4), {"kind": "tanh"}, linear(2)]))
    session = trained(make(gradient=ONE), 1)
    before = bits(session)
    with pytest.raises(SpecError):
        session.configure({"bug": {"kind": bug}})
    assert bits(session) == before


def test_a_change_in_the_middle_waits_for_the_update_to_end() -> None:
    session = Session(make())
    session.run(Position(1, 4))
    session.configure({"gradient": ONE})
    assert session.position == (2, 0)
    assert session.spec.gradient.kind == "weight_perturbation"
    session.seek(Position(1, 4))
    assert session.spec.gradient.kind == "backpropagation"
    session.seek(Position(2, 9))
    assert session.spec.gradient.kind == "weight_perturbation"


@pytest.mark.parametrize("fields", [{"sigma": 0}, {"sigma": 2}, {"directions": 0}, {"directions": 65}, {"directions": 1.5}, {"steps": 3}], ids=str)
def test_fields_out_of_bounds_are_refused(fields: dict[str, Any]) -> None:
    session = trained(make(), 1)
    with pytest.raises(SpecError):
        session.configure({"gradient": {"kind": "weight_perturbation", **fields}})


def test_it_really_trains_and_crawls() -> None:
    """The loss falls; but in sixty updates no rate takes it where backpropagation has long been."""
    slow = Session(make(gradient=ONE, optimizer={"kind": "sgd", "learning_rate": 0.002}))
    slow.run(Position(1500, 0))
    losses = slow.metrics()["train_loss"]
    assert losses[-1] < 0.5 * losses[0]

    def after(gradient: str, rate: float) -> float:
        session = trained(make(gradient={"kind": gradient}, optimizer={"kind": "sgd", "learning_rate": rate}), 60)
        return float(session.metrics()["train_loss"][-1] or np.inf)

    assert after("backpropagation", 0.1) < 0.8 * min(after("weight_perturbation", rate) for rate in (0.1, 0.03, 0.01, 0.003))


def test_a_loss_that_runs_away_is_stopped_before_it_does() -> None:
    """The operation that makes the first number that is not finite is found in such a session too, and going on finds it in the estimate."""
    session = trained(make(gradient=ONE), 1)
    session.edit({"2.b[0]": 1e200})
    session.run(Position(3, 0))
    assert session.fault and session.fault.sentence and session.fault.advice
    assert session.position == session.fault.position < (2, 0)

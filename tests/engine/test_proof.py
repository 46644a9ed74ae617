"""A check laid open: every point of the valley and of the loss curve is a forward pass, and both lie where theory puts them."""

from itertools import pairwise
from math import isfinite, log10
from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError, UnknownName
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from engine.trials import trials
from tests.engine.networks import bits, differentiated, everything, linear, make, trained
from tests.engine.test_checks import KINKED, one_unit

NETWORKS = list(everything())
SMOOTH = [make(layers=[linear(4), {"kind": kind}, linear(2)]) for kind in ("tanh", "sigmoid", "softplus", "gelu", "silu")]


def proven(session: Session, target: str, example: int | None = None, h: float | None = None) -> dict[str, Any]:
    return next(found for found in session.proving(target, example, h) if found)


def moved(session: Session, target: str, example: int | None = None, at: float | None = None) -> dict[str, Any]:
    return next(found for found in session.along(target, example, at) if found)


def objective_at(spec: SessionSpec, name: str, value: float) -> float:
    """The objective of the first batch of a session in which one parameter was set by hand."""
    session = Session(spec)
    session.edit({name: value})
    session.run(session.target_forward())
    return float(session.state()["objective"])


@pytest.mark.parametrize("name", ["0.W[1,2]", "2.b[0]"])
def test_every_point_is_a_forward_pass(name: str) -> None:
    """What the sweep and the curve show are the losses of a network with that number changed, to the last bit."""
    spec = make(l2=0.1)
    session = differentiated(spec)
    found = proven(session, f"parameter:{name}", h=0.003)
    points = [*found["sweep"][20::10], found["chosen"]]
    assert found["chosen"]["h"] == 0.003
    for point in points:
        assert point["above"] == objective_at(spec, name, found["at"] + point["h"])
        assert point["below"] == objective_at(spec, name, found["at"] - point["h"])
        assert point["slope"] == (point["above"] - point["below"]) / (2 * point["h"])
        assert point["error"] == abs(point["slope"] - found["gradient"]) / abs(found["gradient"])
    curve = moved(session, f"parameter:{name}", at=0.123)
    for point in [*curve["points"][::20], curve["chosen"]]:
        assert point["loss"] == objective_at(spec, name, point["at"])
        assert point["promised"] == pytest.approx(curve["loss"] + curve["gradient"] * (point["at"] - curve["at"]))


def test_an_examples_loss_is_its_own() -> None:
    """With an example, the losses are those that the network tells of it."""
    session = trained(make(), 2)
    example = session.batch_examples()[1]
    at = session.focus.follow(example)
    own = float(at.program.value(at.program.tape.marks["each"])[at.row, 0])
    assert proven(session, "parameter:0.W[0,0]", example)["loss"] == own == moved(session, "parameter:0.W[0,0]", example)["loss"]
    assert proven(session, "parameter:0.W[0,0]")["loss"] != own


@pytest.mark.parametrize("spec", NETWORKS)
def test_every_values_gradient_can_be_measured(spec: SessionSpec) -> None:
    """Nudging a value, an input or a parameter in a forward pass gives the cotangent that the backward pass gave it."""
    session = differentiated(spec)
    example = session.batch_examples()[0]
    tried = trials(session, example)
    each = tried.program.tape.marks["each"]
    nodes = [node for node in tried.program.tape.nodes if node.role in ("input", "value") and node.id < each]
    assert nodes
    for node in nodes:
        last = ",".join(str(size - 1) for size in node.shape[1:])
        found = proven(session, f"value:{node.id}[{last}]", example)
        assert found["check"]["agrees"], (node.name, found["check"])
        assert found["gradient"] is not None


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("spec", SMOOTH, ids=lambda spec: spec.layers[1].kind)
def test_the_valley_lies_where_theory_puts_it(spec: SessionSpec, dtype: str) -> None:
    """Its bottom is within an order of magnitude of ∛(ε |L| / |L‴|), for every parameter."""
    session = trained(spec.model_copy(update={"dtype": dtype}), 2)
    seen = 0
    for name, view in session.parameters_arena.views.items():
        found = proven(session, f"parameter:{name}[{','.join('0' * view.ndim)}]", session.batch_examples()[0])
        if found["theory"]["h"] is not None and 1e-13 < found["theory"]["h"] < 0.1:
            seen += 1
            assert abs(log10(found["sweep"][found["best"]]["h"]) - log10(found["theory"]["h"])) <= 1, (name, found["theory"])
    assert seen >= 2


@pytest.mark.parametrize("spec", SMOOTH, ids=lambda spec: spec.layers[1].kind)
def test_the_two_sides_of_the_valley_have_their_slopes(spec: SessionSpec) -> None:
    """Truncation falls with h², a hundredfold for each power of ten; round-off grows with 1 / h, tenfold."""
    found = proven(differentiated(spec), "parameter:0.W[0,0]")
    sweep, theory = {point["h"]: point for point in found["sweep"]}, found["theory"]
    right = [sweep[h] for h in (1e-3, 1e-2)]
    assert right[1]["error"] / right[0]["error"] == pytest.approx(100, rel=0.1)
    assert right[0]["error"] * abs(found["gradient"]) == pytest.approx(theory["bend"] * 1e-6, rel=0.1)
    left = [point for point in found["sweep"] if 1e-14 < point["h"] < theory["h"] / 30 and point["error"] > 0]
    steep = np.polyfit([log10(point["h"]) for point in left], [log10(point["error"]) for point in left], 1)[0]
    assert -1.35 < steep < -0.65
    assert "Truncation" in right[0]["sentence"] and "Round-off" in left[-1]["sentence"]


def test_in_float32_the_valley_is_shifted() -> None:
    """Fewer digits: a bottom further to the right and higher up, and steps that the number cannot hold."""
    fine, rough = (proven(differentiated(make(dtype=dtype)), "parameter:0.W[0,0]") for dtype in ("float64", "float32"))
    assert rough["sweep"][rough["best"]]["h"] > 30 * fine["sweep"][fine["best"]]["h"]
    assert rough["sweep"][rough["best"]]["error"] > 1000 * fine["sweep"][fine["best"]]["error"]
    assert "nothing moves" in rough["sweep"][0]["sentence"]
    assert rough["sweep"][0]["slope"] == 0


@pytest.mark.parametrize("activation", KINKED)
def test_at_a_kink_every_step_mixes_two_slopes(activation: str) -> None:
    """The difference stays half-way between the two one-sided slopes however small h is, and each step says why."""
    found = proven(differentiated(one_unit(activation, 0.0)), "parameter:0.b[0]")
    below = {"relu": 0.0, "leaky_relu": 0.01}[activation]
    for point in found["sweep"]:
        if 1e-12 < point["h"] < 1e-4:
            assert (point["left"], point["right"]) == pytest.approx((2 * below, 2.0), rel=1e-2, abs=1e-3)
            assert point["slope"] == pytest.approx(1 + below, rel=1e-2)
            assert point["kinks"] == 1 and "exactly here" in point["sentence"]
    assert found["check"]["agrees"] and found["check"]["corner"]
    assert found["theory"]["h"] is None


@pytest.mark.parametrize("z", [1e-6, -1e-6, 1e-3, -1e-3])
def test_near_a_kink_small_steps_are_right(z: float) -> None:
    """Steps that reach over the kink say so; those that do not find the slope."""
    found = proven(differentiated(one_unit("relu", z)), "parameter:0.b[0]")
    for point in found["sweep"]:
        assert (point["kinks"] == 1) == (point["h"] >= abs(z)), point
    small = [point for point in found["sweep"] if 1e-10 < point["h"] < abs(z)]
    assert all(abs(point["slope"] - found["gradient"]) < 1e-4 for point in small)
    assert "between the two passes" in found["sweep"][-1]["sentence"]
    assert found["check"]["agrees"] and found["check"]["corner"] is None


def test_the_curve_is_touched_by_its_tangent() -> None:
    """Nearby, the promise is kept to second order; the grid is even, its middle is where the number stands."""
    session = trained(make(), 2)
    found = moved(session, "parameter:0.W[0,1]", session.batch_examples()[0])
    places = [point["at"] for point in found["points"]]
    assert len(places) == 81
    assert places[40] == found["at"] and found["points"][40]["loss"] == found["loss"] == found["points"][40]["promised"]
    assert max(b - a for a, b in pairwise(places)) == pytest.approx(min(b - a for a, b in pairwise(places)))
    misses = [abs(point["loss"] - point["promised"]) for h in (1e-3, 1e-2) for point in [moved(session, "parameter:0.W[0,1]", at=found["at"] + h)["chosen"]]]
    assert misses[1] / misses[0] == pytest.approx(100, rel=0.2)
    assert found["now"] == session.parameters()["0.W"][0][1] != found["at"], "the update has moved it on"


def test_what_is_not_computed_promises_nothing() -> None:
    """Before the backward pass has come to a weight, the curve is there and the tangent is not, nor the verdict."""
    session = trained(make(), 1)
    session.run(session.target_forward())
    for example in (None, session.batch_examples()[0]):
        found = moved(session, "parameter:0.W[0,1]", example, at=0.5)
        assert found["gradient"] is None and found["chosen"]["promised"] is None
        assert "not computed yet" in found["chosen"]["sentence"]
        proof = proven(session, "parameter:0.W[0,1]", example)
        assert (proof["gradient"], proof["against"], proof["check"]["agrees"]) == (None, "measurement", None)


def test_measuring_changes_nothing() -> None:
    session = trained(make(), 3)
    session.run(Position(3, 7))
    before = bits(session)
    for target in ("parameter:0.W[0,0]", "value:4[1]", "value:0[0]"):
        proven(session, target, 0, 0.5)
        moved(session, target, 0, 0.5)
    assert (bits(session), session.position) == (before, (3, 7))


@pytest.mark.parametrize("target", ["parameter:0.W", "parameter:9.W[0,0]", "parameter:0.W[9,0]", "value:99[0]", "value:4[99]", "value:4[0,0]", "op:3", "none"])
def test_an_unknown_target_is_refused(target: str) -> None:
    session = trained(make(), 1)
    for ask in (proven, moved):
        with pytest.raises(UnknownName):
            ask(session, target, 0)


def test_refusals_say_what_to_do() -> None:
    session = trained(make(), 1)
    refused: list[tuple[Any, str]] = [
        (lambda: proven(Session(make()), "parameter:0.W[0,0]"), "run the backward pass"),
        (lambda: proven(session, "value:4[0]"), "name it"),
        (lambda: proven(session, "parameter:0.W[0,0]", 99), "numbers 0 to 6"),
        (lambda: proven(session, "parameter:0.W[0,0]", h=2.0), "between 1e-15 and 1"),
        (lambda: moved(session, "parameter:0.W[0,0]", at=1e9), "within"),
    ]
    for ask, says in refused:
        with pytest.raises(EngineError, match=says):
            ask()


def test_larger_networks_are_measured_at_fewer_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """One step a power of ten, 8 points a side: stated, and still every one a forward pass."""
    session = trained(make(), 1)
    monkeypatch.setattr("engine.proof.FINE", ((1, 4), (10**18, 1)))
    monkeypatch.setattr("engine.along.HALF", ((1, 40), (10**18, 8)))
    found = proven(session, "parameter:0.W[0,0]")
    assert [point["h"] for point in found["sweep"]] == pytest.approx([10.0**power for power in range(-15, 1)])
    assert len(moved(session, "parameter:0.W[0,0]")["points"]) == 17


def test_a_loss_that_is_not_finite_says_so() -> None:
    session = trained(make(layers=[linear(2)], optimizer={"kind": "sgd", "learning_rate": 0.01}), 1)
    session.update_start[...] = 1e160
    found = proven(session, "parameter:0.W[0,0]")
    assert "not a finite number" in found["sweep"][-1]["sentence"]
    assert not isfinite(found["loss"] if found["loss"] is not None else float("nan"))

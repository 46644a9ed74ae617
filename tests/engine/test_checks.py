"""Checks: what the session's own program computed is held against measured slopes; corners are told from mistakes; wrong parameters are named."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.kinks import joints
from engine.layers import Activation, Layer
from engine.losses import Loss
from engine.measure import beside
from engine.numeric import central_difference, one_sided_difference
from engine.ops import OPS
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from engine.trials import trials
from tests.engine.networks import differentiated, kind, linear, make, table, trained

KINKED = ("relu", "leaky_relu")
DISTANCES = [1e-14, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2]


def one_unit(activation: str, z: float, **changes: Any) -> SessionSpec:
    """One unit whose pre-activation is z, and whose loss is (1 + what it puts out)²: x = 1, w = 0, b = z, v = 1, y = −1."""
    layers = [
        {"kind": "linear", "units": 1, "init": {"kind": "zeros"}, "bias_init": {"kind": "constant", "value": z}},
        {"kind": activation},
        {"kind": "linear", "units": 1, "init": {"kind": "constant", "value": 1}},
    ]
    data = {"kind": "table", "inputs": [[1.0]], "targets": [[-1.0]], "task": "regression"}
    return make(data=data, layers=layers, batch_size=1, **changes)


@pytest.mark.parametrize(("activation", "below"), [("relu", 0.0), ("leaky_relu", 0.01)])
@pytest.mark.parametrize("example", [None, 0])
@pytest.mark.parametrize("name", ["0.W[0,0]", "0.b[0]"])
def test_a_corner_is_told_with_both_its_slopes(activation: str, below: float, example: int | None, name: str) -> None:
    """Exactly at its kink the unit has two slopes: 2 × 1 to the right, 2 × the slope below to the left, which is also the one that is taken."""
    found = differentiated(one_unit(activation, 0.0)).check(name, example)
    assert found["agrees"]
    assert found["corner"]["left"]["slope"] == pytest.approx(2 * below, abs=1e-9)
    assert found["corner"]["right"]["slope"] == pytest.approx(2.0, abs=1e-9)
    assert found["gradient"] == pytest.approx(2 * below)
    assert [(kink["below"], kink["above"], kink["taken"], kink["exactly"]) for kink in found["corner"]["kinks"]] == [(below, 1.0, below, True)]
    assert "to the left" in found["sentence"] and f"the slope {below:g}" in found["sentence"]


@pytest.mark.parametrize("activation", KINKED)
@pytest.mark.parametrize("z", [sign * distance for distance in DISTANCES for sign in (1, -1)])
def test_beside_a_kink_there_is_one_slope(activation: str, z: float) -> None:
    """However near the kink, backpropagation takes the slope of the side where the value stands, and the check never calls that wrong."""
    session = differentiated(one_unit(activation, z))
    for name in ("0.W[0,0]", "0.b[0]", "2.W[0,0]", "2.b[0]"):
        found = session.check(name, None)
        assert found["agrees"], (name, found)
    found = session.check("0.b[0]", 0)
    slope = 1.0 if z > 0 else {"relu": 0.0, "leaky_relu": 0.01}[activation]
    expected = 2 * (1 + slope * z) * slope
    assert found["gradient"] == pytest.approx(expected)
    if abs(z) >= 1e-9:
        assert found["corner"] is None
        assert found["difference"] == pytest.approx(expected, abs=1e-4)
    else:
        assert not found["corner"]["kinks"][0]["exactly"]


def test_a_miss_of_zero_is_a_corner_of_the_absolute_error() -> None:
    """At p = t the slope of |p − t| is taken as 0, between −1 and 1."""
    data = {"kind": "table", "inputs": [[1.0]], "targets": [[0.5]], "task": "regression"}
    layers = [{"kind": "linear", "units": 1, "init": {"kind": "zeros"}, "bias_init": {"kind": "constant", "value": 0.5}}]
    found = differentiated(make(data=data, layers=layers, batch_size=1, loss={"kind": "mean_absolute_error"})).check("0.b[0]", None)
    assert (found["corner"]["left"]["slope"], found["corner"]["right"]["slope"]) == pytest.approx((-1.0, 1.0))
    assert found["gradient"] == 0 and found["agrees"]


def test_a_weight_of_zero_is_a_corner_of_the_l1_penalty() -> None:
    layers = [{"kind": "linear", "units": 2, "init": {"kind": "zeros"}}]
    session = differentiated(make(layers=layers, l1=0.25))
    found = session.check("0.W[1,0]", None)
    assert found["corner"]["right"]["slope"] - found["corner"]["left"]["slope"] == pytest.approx(0.5)
    assert found["agrees"]
    assert session.check("0.W[1,0]", 0)["corner"] is None, "an example's own loss has no penalty"


@pytest.mark.parametrize("op", [op for op in OPS.values() if joints(op)], ids=str)
def test_only_true_kinks_are_called_so(op: Any) -> None:
    """The joints of softplus, elu and Huber are smooth; those of relu, leaky relu, the absolute error and L1 are not."""
    layer = next((layer for layer in kinds(Layer) if issubclass(layer, Activation) and layer.op == op.name), None)
    if layer is None:
        return
    tried = trials(differentiated(one_unit(kind(layer), 0.0)), None)
    assert bool(tried.parameter("0.b", (0,)).crossed(0.01)) == (kind(layer) in KINKED)


def test_the_joints_of_huber_are_smooth() -> None:
    data = {"kind": "table", "inputs": [[1.0]], "targets": [[0.5]], "task": "regression"}
    for miss in (0.0, 1.0, -1.0):
        layers = [{"kind": "linear", "units": 1, "init": {"kind": "zeros"}, "bias_init": {"kind": "constant", "value": 0.5 + miss}}]
        found = differentiated(make(data=data, layers=layers, batch_size=1, loss={"kind": "huber"})).check("0.b[0]", None)
        assert found["agrees"] and found["corner"] is None
        assert found["difference"] == pytest.approx(miss, abs=1e-3)


@pytest.mark.parametrize("loss", [loss for loss in kinds(Loss) if "regression" in loss.tasks], ids=kind)  # type: ignore[attr-defined]
@pytest.mark.parametrize("activation", KINKED)
def test_kinks_raise_no_false_alarm(activation: str, loss: type[Loss]) -> None:
    """Six networks full of kinks, each with hundreds of values that a step might carry over one: every gradient agrees."""
    for seed in range(6):
        layers = [linear(6), {"kind": activation}, linear(5), {"kind": activation}, linear(2)]
        found = trained(make(seed=seed, data=table(rows=40, seed=seed), batch_size=32, layers=layers, loss={"kind": kind(loss)}, l1=0.01), 2).check_all()
        assert found["agree"] == found["checked"] == found["of"], found["sentence"]


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize(
    ("function", "at", "slope"), [(np.exp, 1.0, np.e), (np.sin, 0.0, 1.0), (np.sqrt, 4.0, 0.25), (np.square, 1e3, 2e3), (abs, 3.0, 1.0)], ids=str
)
def test_a_one_sided_slope_knows_its_error(function: Any, at: float, slope: float, side: int) -> None:
    found = one_sided_difference(lambda x: float(function(x)), at, side)
    assert abs(found.slope - slope) <= 10 * found.error
    assert found.error < 1e-6 * max(abs(slope), 1)


def test_the_two_sides_differ_at_a_corner_only() -> None:
    """One-sided slopes are told apart by their own errors: at a corner they differ, on a smooth curve they do not."""
    session = differentiated(one_unit("relu", 0.0))
    corner, smooth = trials(session, None).parameter("0.b", (0,)), trials(session, None).parameter("2.b", (0,))
    assert beside(corner, 0.02).differ
    assert not beside(smooth, 0.02).differ
    assert not beside(trials(trained(make(), 1), None).parameter("0.W", (0, 0)), 0.02).differ


def test_a_float32_step_is_the_one_that_was_made() -> None:
    """In float32 a step of 0.001 beside 1000 is rounded to a multiple of 6e-5; the slope is taken over what it became."""
    found = central_difference(lambda x: 3.0 * float(np.float32(x)), 1000.0, float(np.finfo(np.float32).eps), 0.05)
    assert found.slope == pytest.approx(3.0)


Spoil = Callable[[np.ndarray], None]


def spoiled(session: Session, name: str, change: Spoil) -> dict[str, Any]:
    """The verdict once a gradient in the session's own buffer is another one than was computed."""
    change(session.gradients_arena.views[name])
    return session.check_all()


def triple(view: Any) -> None:
    view *= 3


def turn(view: Any) -> None:
    view *= -1


def zero(view: Any) -> None:
    view *= 0


def one_off(view: Any) -> None:
    view.reshape(-1)[0] *= 1 + 1e-6


@pytest.mark.parametrize("middle", [True, False], ids=["after the backward pass", "after the update"])
@pytest.mark.parametrize(
    ("change", "ratio", "says"),
    [(triple, 3.0, "3 times"), (turn, -1.0, "wrong sign"), (zero, 0.0, "is zero"), (one_off, None, "off by")],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_the_sessions_own_numbers_are_checked(middle: bool, change: Spoil, ratio: float | None, says: str) -> None:
    """What is compared stands in the session's own buffer; the list names the parameter, how many of it, and the factor where there is one."""
    session = differentiated(make()) if middle else trained(make(), 2)
    found = spoiled(session, "2.W", change)
    assert found["ok"] is False
    bad = [tensor for tensor in found["tensors"] if tensor["wrong"]]
    assert [tensor["name"] for tensor in bad] == ["2.W"]
    assert bad[0]["wrong"] == found["wrong"] == (1 if change is one_off else 8)
    assert bad[0]["ratio"] == (None if ratio is None else pytest.approx(ratio))
    assert says in bad[0]["sentence"] and says in found["sentence"] and "2.W" in found["sentence"]
    assert found["worst"]["name"].startswith("2.W[")
    assert not session.check(found["worst"]["name"], None)["agrees"]
    assert session.check("0.W[0,0]", None)["agrees"]


def test_what_is_not_computed_is_not_checked() -> None:
    """In the middle of the backward pass the gradients passed so far are checked; before it, none."""
    session = Session(make())
    assert session.check_all()["ok"] is None
    counts = []
    while session.position < (1, 0):
        session.run(session.target("op", 1))
        counts.append(session.check_all()["checked"])
    sizes = {name: view.size for name, view in session.gradients_arena.views.items()}
    assert counts == sorted(counts)
    assert counts[:6] == [0] * 6
    assert {sizes["2.W"], sizes["2.W"] + sizes["2.b"]} <= set(counts) or {sizes["2.b"], sizes["2.W"] + sizes["2.b"]} <= set(counts)
    assert counts[-2:] == [session.parameter_count] * 2
    session.run(session.target("op", 1))
    found = session.check("0.W[0,0]", None)
    assert found["gradient"] is None and found["agrees"] is None
    assert "has not come to it yet" in found["sentence"]
    session.run(session.target_backward())
    assert found["difference"] == pytest.approx(session.gradients()["0.W"][0][0])


def test_a_large_network_is_sampled() -> None:
    """Above 200 gradients a seeded sample is measured, with some of every parameter in it, and its size is told."""
    spec = make(layers=[linear(12), {"kind": "tanh"}, linear(12), {"kind": "tanh"}, linear(2)])
    found, again = (trained(spec, 1).check_all() for _ in range(2))
    assert found == again
    assert (found["checked"], found["of"]) == (200, 230)
    assert found["sentence"] == "200 of 230 gradients checked"
    assert all(tensor["checked"] >= 2 for tensor in found["tensors"])
    assert sum(tensor["size"] for tensor in found["tensors"]) == 230


def test_a_loss_that_is_not_finite_cannot_be_checked() -> None:
    session = trained(make(), 1)
    session.update_start[...] = 1e200
    found = session.check_all()
    assert found["ok"] is None and "not a finite number" in found["sentence"]


def test_pieces_add_up_to_the_whole_check() -> None:
    """The check can be done piece by piece while the session goes on: it speaks of where it began."""
    session, other = trained(make(), 2), trained(make(), 2)
    pieces = session.checking()
    assert next(pieces) is None
    session.run(Position(5, 0))
    *none, found = pieces
    assert not any(none)
    assert found == other.check_all()


@pytest.mark.parametrize("place", range(1, 16))
def test_an_edit_in_the_middle_of_an_update_begins_it_anew(place: int) -> None:
    """What was computed up to there is computed again: the numbers are those of a session that had the value from this update's start."""
    session, other = Session(make()), Session(make())
    session.run(Position(1, place))
    session.edit({"0.W[1,2]": 0.75})
    other.run(Position(1, 0))
    other.edit({"0.W[1,2]": 0.75})
    other.run(Position(1, place))
    assert session.position == (1, place)
    assert np.array_equal(session.parameters_arena.flat, other.parameters_arena.flat)
    for at in (Position(1, session.program.ends["backward"]), Position(2, 0)):
        for each in (session, other):
            each.run(at)
        assert np.array_equal(session.gradients_arena.flat, other.gradients_arena.flat)
        assert session.check_all()["ok"]


def test_one_example_of_a_heavy_batch_is_tried_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above a stated size the example's own row is run by itself, and the answer is the same; where its batch matters, it stays among it."""
    session = trained(make(), 1)
    example = session.batch_examples()[1]
    among = session.check("0.W[0,0]", example)
    monkeypatch.setattr("engine.trials.HEAVY", 0)
    assert trials(session, example).rows == [example]
    assert session.check("0.W[0,0]", example)["difference"] == pytest.approx(among["difference"], rel=1e-8)
    noisy = trained(make(layers=[linear(4), {"kind": "dropout", "rate": 0.5}, linear(2)]), 1)
    assert trials(noisy, noisy.batch_examples()[1]).rows == noisy.batch_examples()

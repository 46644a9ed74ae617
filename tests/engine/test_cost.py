"""What the whole gradient costs: the passes are the formulas', the operations are those of the calls, the errors are what theory says, and nothing moves."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine import cost as module
from engine import scratch
from engine.component import kinds
from engine.errors import OutOfReach, TooLarge
from engine.layers import Layer
from engine.losses import Loss
from engine.losses.categorical_cross_entropy import CategoricalCrossEntropy
from engine.operations import operations
from engine.perturbation import expected_error
from engine.position import Position
from engine.session import Session
from tests.engine.networks import bits, linear, make, table, trained, with_layer, with_loss


def told(session: Session) -> dict[str, Any]:
    """The answer at the end of the pieces."""
    return next(found for found in session.cost() if found)


def by_name(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {f"{way['name']}{way['directions'] or ''}": way for way in found["ways"]}


@pytest.fixture(autouse=True, scope="module")
def enough_time() -> Iterator[None]:
    """Time for everything that is tried in a small network, however busy the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SECONDS", 5.0)
        yield


@pytest.fixture(scope="module")
def found(enough_time: None) -> dict[str, Any]:
    """The cost of a small network after three updates."""
    return told(trained(make(), 3))


def test_the_passes_are_those_of_the_formulas(found: dict[str, Any]) -> None:
    """One each way; 2 P; P + 1; 2 n, and all of it was really measured in so small a network."""
    count = found["parameters"]
    assert count == 3 * 4 + 4 + 4 * 2 + 2
    ways = by_name(found)
    passes = {name: (way["forward"], way["backward"]) for name, way in ways.items()}
    assert passes == {
        "backpropagation": (1, 1), "central_differences": (2 * count, 0), "forward_differences": (count + 1, 0),
        "weight_perturbation1": (2, 0), "weight_perturbation10": (20, 0), "weight_perturbation100": (200, 0),
    }  # fmt: skip
    assert not any(way["extrapolated"] for way in found["ways"])
    assert ways["central_differences"]["measured"] == ways["central_differences"]["of"] == count
    for way in found["ways"]:
        assert way["seconds"] > 0 and way["slower"] == pytest.approx(way["seconds"] / ways["backpropagation"]["seconds"])


def test_so_many_forward_passes_are_really_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted where the calls are run, and not where they are told."""
    session = trained(make(), 1)
    ran: list[int] = []
    own = scratch.run

    def counted(calls: Any) -> None:
        ran.append(len(calls))
        own(calls)

    monkeypatch.setattr(scratch, "run", counted)
    place = scratch.Scratch(session)
    ran.clear()
    _, _, measured = _end(module._swept(place, lambda at: place.moved(at, 1.0) - place.moved(at, 0.0)))
    assert len(ran) == 2 * place.size and measured == place.size
    assert set(ran) == {len(place.ahead)}


def _end(pieces: Any) -> Any:
    while True:
        try:
            next(pieces)
        except StopIteration as stop:
            return stop.value


def test_the_operations_are_those_of_the_network_by_hand() -> None:
    """Two linear layers without bias and half the squared error: products of 2·m·k·n, and the loss's handful, worked out with a pencil."""
    batch, inputs, hidden, outputs = 3, 3, 4, 2
    spec = make(layers=[linear(hidden, bias=False), linear(outputs, bias=False)], loss={"kind": "halved_squared_error"})
    place = scratch.Scratch(trained(spec, 1))
    ahead = 2 * batch * inputs * hidden + 2 * batch * hidden * outputs
    back = 2 * (2 * batch * hidden * outputs) + 2 * batch * inputs * hidden
    products = operations(call for call in place.ahead + place.back if _is_product(call, batch))
    assert products == ahead + back
    loss = operations(place.ahead) - ahead
    assert 3 * batch * outputs <= loss <= 8 * batch * outputs
    assert place.pass_ahead == operations(place.ahead) and place.pass_back == operations(place.back)


def _is_product(call: Any, batch: int) -> bool:
    """Whether a call is a product of two matrices, of which none is a column of ones."""
    function, arguments = call
    owner: Any = getattr(function, "__self__", None)
    return getattr(function, "__name__", "") == "dot" and owner.ndim == arguments[0].ndim == 2 and 1 not in (owner.shape[0], arguments[0].shape[1])


@pytest.mark.parametrize("call, expected", [
    ((np.ones((3, 4)).dot, (np.ones((4, 5)), np.empty((3, 5)))), 2 * 3 * 4 * 5),
    ((np.ones(4).dot, (np.ones((4, 5)), np.empty(5))), 2 * 4 * 5),
    ((np.ones(4).dot, (np.ones(4), np.empty(()))), 2 * 4),
    ((np.matmul, (np.ones((7, 2, 3)), np.ones((7, 3, 5)), np.empty((7, 2, 5)))), 7 * 2 * 2 * 3 * 5),
    ((np.add, (np.ones((3, 4)), np.ones(4), np.empty((3, 4)))), 12),
    ((np.tanh, (np.ones((3, 4)), np.empty((3, 4)))), 12),
    ((np.add.reduce, (np.ones((3, 4)), 0, None, np.empty(4))), 12),
    ((np.copyto, (np.ones((3, 4)), 1.0)), 0),
], ids=["matrix", "row", "inner", "stack", "add", "tanh", "sum", "copy"])  # fmt: skip
def test_a_call_counts_what_it_does(call: Any, expected: int) -> None:
    assert operations([call]) == expected


def test_every_layer_and_loss_has_work_to_do_both_ways() -> None:
    losses: list[Any] = kinds(Loss)
    for spec in [*map(with_layer, kinds(Layer)), *map(with_loss, losses)]:
        place = scratch.Scratch(Session(spec))
        assert place.pass_ahead > 0 < place.pass_back, spec.layers


def test_the_errors_are_in_the_order_of_the_lesson(found: dict[str, Any]) -> None:
    """Backpropagation as well as can be measured, central differences a thousand times better than one-sided ones, directions off by more than the gradient."""
    ways = by_name(found)
    assert ways["backpropagation"]["error"] < 1e-10
    assert ways["backpropagation"]["error"] < ways["central_differences"]["error"] < 1e-8
    assert 10 * ways["central_differences"]["error"] < ways["forward_differences"]["error"] < 1e-5
    assert ways["weight_perturbation1"]["error"] > 1
    for count in (1, 10, 100):
        way = ways[f"weight_perturbation{count}"]
        assert way["expected"] == pytest.approx(expected_error(found["parameters"], count))
        assert f"{2 * count:,} forward passes" in way["sentence"]


def test_a_direction_is_off_by_what_theory_says_on_average() -> None:
    """Over six hundred directions, √((P + 1) / n) for 1 and for 10 of them."""
    session = Session(make())
    squares: dict[int, list[float]] = {1: [], 10: []}
    for _ in range(6):
        session.run(Position(session.position.update + 1, 0))
        ways = by_name(told(session))
        for count, errors in squares.items():
            errors.append(ways[f"weight_perturbation{count}"]["error"] ** 2)
    for count, errors in squares.items():
        assert np.sqrt(np.mean(errors)) == pytest.approx(expected_error(session.parameter_count, count), rel=0.15)


def test_its_directions_are_those_that_training_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a session that trains by ten of them, at its own sigma: off by exactly as much as the session's own estimate is."""
    monkeypatch.setattr(module, "DIRECTIONS", (1, 10))
    session = trained(make(gradient={"kind": "weight_perturbation", "sigma": 0.01, "directions": 10}), 3)
    found = told(session)
    exact = scratch.Scratch(session).exact
    assert found["sigma"] == 0.01
    assert by_name(found)["weight_perturbation10"]["error"] == pytest.approx(scratch.off(session.gradients_arena.flat, exact), rel=1e-12)


def test_a_running_statistic_costs_nothing() -> None:
    """What no gradient goes to is neither moved nor nudged: of batch normalisation only scale and shift are counted, and the errors stay what theory says."""
    session = trained(make(layers=[linear(4), {"kind": "batch_norm"}, {"kind": "tanh"}, linear(2)], batch_size=4), 2)
    found = told(session)
    assert found["parameters"] == session.parameter_count == (3 * 4 + 4) + (4 + 4) + (4 * 2 + 2)
    ways = by_name(found)
    assert ways["central_differences"]["forward"] == 2 * found["parameters"]
    assert ways["central_differences"]["error"] < 1e-7
    assert ways["weight_perturbation1"]["error"] == pytest.approx(expected_error(found["parameters"], 1), rel=0.3)


@pytest.mark.parametrize("place", [Position(0, 0), Position(0, 3), Position(2, 0), Position(2, 7)], ids=["begin", "forward", "end", "middle"])
def test_the_session_stays_as_it_is_to_the_last_bit(place: Position) -> None:
    layers = [linear(4), {"kind": "dropout", "rate": 0.3}, {"kind": "relu"}, linear(2)]
    session = Session(make(layers=layers, l2=0.1, optimizer={"kind": "adam"}))
    session.run(place)
    before = bits(session), session.position, session.state()
    assert told(session)["position"] == place.json()
    assert (bits(session), session.position, session.state()) == before


def test_it_speaks_of_where_it_was_asked_though_the_session_goes_on() -> None:
    """Every number but the times is the same, whether the session stands still between the pieces or trains."""

    def known(found: dict[str, Any]) -> list[Any]:
        return [[way[name] for name in ("operations", "error", "forward")] for way in found["ways"]]

    still = told(trained(make(), 3))
    session = trained(make(), 3)
    pieces = session.cost()
    next(pieces)
    session.run(Position(9, 0))
    moving = next(each for each in pieces if each)
    assert known(moving) == known(still) and moving["position"] == {"update": 3, "instruction": 0}


def test_a_large_network_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no time for all parameters, those that were measured are counted, and passes and operations stay those of all."""
    monkeypatch.setattr(module, "SECONDS", 0.0)
    found = told(trained(make(), 3))
    ways = by_name(found)
    central = ways["central_differences"]
    assert central["measured"] == 1 and central["of"] == found["parameters"] and central["extrapolated"]
    assert central["forward"] == 2 * found["parameters"]
    assert f"Measured at 1 of {found['parameters']} parameters" in central["sentence"]
    assert "weight_perturbation10" not in ways and "weight_perturbation1" in ways
    assert central["operations"] == by_name(told(trained(make(), 3)))["central_differences"]["operations"]


def test_single_precision_is_told_as_it_is() -> None:
    """Backpropagation is off by float32's own rounding, and differences by far more."""
    ways = by_name(told(trained(make(dtype="float32"), 2)))
    assert 1e-9 < ways["backpropagation"]["error"] < 1e-5 < ways["central_differences"]["error"] < 1e-1
    assert "as well as those are known" not in ways["backpropagation"]["sentence"]


def test_what_cannot_be_measured_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(make())
    session.edit({"2.b[0]": 1e200})
    with pytest.raises(OutOfReach, match="not a finite number"):
        told(session)
    monkeypatch.setattr(scratch, "MOST", 10)
    with pytest.raises(TooLarge, match="take a smaller batch"):
        told(trained(make(), 1))


def test_a_bug_is_left_out_and_said_to_be() -> None:
    """The gradient that is compared is right, though the session's own is not."""
    spec = make(bug={"kind": "wrong_sign"}, loss={"kind": "categorical_cross_entropy_with_logits"}, data=table(CategoricalCrossEntropy))
    found = told(trained(spec, 2))
    assert by_name(found)["backpropagation"]["error"] < 1e-9
    assert "The bug that is switched on is left out here" in found["sentence"]


def test_a_gradient_of_zero_has_no_share() -> None:
    layers = [{"kind": "linear", "units": 1, "init": {"kind": "zeros"}}]
    found = told(Session(make(data={"kind": "table", "inputs": [[0.0]], "targets": [[0.0]]}, layers=layers, batch_size=1)))
    assert found["gradient"] == 0
    assert all(way["error"] is None for way in found["ways"])
    assert "The gradient is zero here" in by_name(found)["central_differences"]["sentence"]

"""Batch normalisation: its textbook, its running statistics, and what hangs on its mixing the examples of a batch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import OutOfReach, SpecError
from engine.numeric import relative_error
from engine.op import Index
from engine.position import Position
from engine.session import Session
from tests.engine.networks import bits, differentiated, linear, make, table, trained
from tests.engine.test_shapes import differentiated as golden
from tests.oracles import batch_norm

CASES: list[dict[str, Any]] = [
    case for case in json.loads((Path(__file__).parent.parent / "golden" / "shapes.json").read_text("utf-8")) if case["layer"]["kind"] == "batch_norm"
]
EXACT = 1e-12


def net(**changes: Any) -> Any:
    """Batch normalisation before the activation, on eight examples in batches of three, three and two."""
    layers = [linear(4), {"kind": "batch_norm", "momentum": 0.3}, {"kind": "tanh"}, linear(2)]
    return make(**{"data": table(rows=8), "layers": layers, **changes})


def columns(values: Any, shape: list[int]) -> np.ndarray[Any, Any]:
    """The values of each feature over batch and places: (features, values)."""
    array = np.asarray(values).reshape(-1, *shape)
    return np.moveaxis(array, 1 if len(shape) == 3 else -1, 0).reshape(shape[0] if len(shape) == 3 else shape[-1], -1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "x".join(map(str, case["shape"])))
def test_it_is_the_textbooks(case: dict[str, Any]) -> None:
    """Outputs and every gradient, feature by feature, by the paper's own chain rule."""
    session, weights, eps = golden(case), case["weights"], case["layer"]["eps"]
    x, y = columns(case["inputs"], case["shape"]), columns(session.outputs(), case["shape"])
    dy = 2 * (y - columns(case["targets"], case["shape"])) / np.asarray(case["targets"]).size
    first = next(node for node in session.program.tape.nodes if node.op and node.op.name == "matmul")
    dx = columns(session.program.cotangent(first.id), case["shape"])
    for feature, xs in enumerate(x.tolist()):
        gamma, beta = weights["gamma"][feature], weights["beta"][feature]
        made, _, _ = batch_norm.forward(xs, gamma, beta, eps)
        dxs, dgamma, dbeta = batch_norm.backward(dy[feature].tolist(), xs, gamma, eps)
        assert relative_error(y[feature], np.array(made)) <= EXACT
        assert relative_error(dx[feature], np.array(dxs)) <= 1e-11
        assert session.gradients()["2.gamma"][feature] == pytest.approx(dgamma, rel=1e-11)
        assert session.gradients()["2.beta"][feature] == pytest.approx(dbeta, rel=1e-11)


@pytest.mark.parametrize("case", CASES, ids=lambda case: "x".join(map(str, case["shape"])))
def test_what_is_remembered_is_pytorchs(case: dict[str, Any]) -> None:
    """After the update the running statistics have moved as PyTorch's do, and what the network answers is made with them."""
    session = golden(case)
    session.configure({"learning_rate": 1e-300})
    session.run(Position(1, 0))
    for name in ("running_mean", "running_variance"):
        assert relative_error(np.asarray(session.parameters()[f"2.{name}"]), np.asarray(case[name])) <= EXACT
    asked = session.evaluator.prediction(np.asarray(case["inputs"]))
    assert relative_error(asked, np.asarray(case["asked"])) <= EXACT


def test_statistics_move_by_the_update_alone() -> None:
    """Forward and backward leave them; each update moves them by the batch's own; going back and on again gives the same bits, and so does stepping."""
    session = Session(net())
    start = session.parameters()["1.running_variance"]
    session.run(session.target_backward())
    assert session.parameters()["1.running_variance"] == start == [1.0] * 4
    z = session.values(next(node.id for node in session.program.tape.nodes if node.name == "z"))["value"]
    session.run(Position(1, 0))
    for unit in range(4):
        mean, spread = np.mean([row[unit] for row in z]), np.var([row[unit] for row in z], ddof=1)
        assert session.parameters()["1.running_mean"][unit] == pytest.approx(batch_norm.remembered(0.0, float(mean), 0.3), rel=EXACT)
        assert session.parameters()["1.running_variance"][unit] == pytest.approx(batch_norm.remembered(1.0, float(spread), 0.3), rel=EXACT)
    session.run(Position(6, 0))
    there = bits(session)
    session.seek(Position(2, 3))
    session.seek(Position(6, 0))
    assert bits(session) == there
    stepped = Session(net())
    while stepped.position < (6, 0):
        stepped.run(stepped.target("op", 1))
    assert bits(stepped) == there


def test_looking_moves_nothing() -> None:
    """Checks, explanations, evaluations and what is measured beside the run leave every bit of the session, its statistics too."""
    session = trained(net(), 2)
    before = bits(session)
    session.check_all()
    session.check("0.W[0,0]", session.batch_examples()[0])
    session.explain("step")
    session.explain("parameter:0.W[1,2]")
    session.code("numpy")
    session.evaluator.outcome(*session.data.part("train"))
    assert bits(session) == before


def test_a_bias_before_it_has_no_say() -> None:
    """Its mean is taken off again, so its gradient is zero but for rounding; the check finds that too, and the examples' shares agree."""
    session = differentiated(net())
    assert np.abs(session.gradients()["0.b"]).max() < 1e-15
    assert session.check_all()["ok"]
    assert session.shares("parameter:0.b[0]")["agrees"]


def test_an_example_elsewhere_is_answered_by_what_is_remembered() -> None:
    """An example outside the batch has no batch of its own: its values are those that the network answers, and its gradients are slopes of that loss."""
    session = trained(net(), 2)
    session.run(session.target_backward())
    outside = next(row for row in range(8) if row not in session.batch_examples())
    followed = session.focus.follow(outside)
    answer = session.evaluator.prediction(session.data.rows_of([outside])[0])
    assert relative_error(followed.program.value(followed.program.tape.marks["prediction"]), answer) <= EXACT
    for name in ("0.W[1,2]", "0.b[1]", "1.gamma[0]", "3.W[0,1]"):
        assert session.check(name, outside)["agrees"], name


@pytest.mark.parametrize(
    ("size", "rows", "says"), [(1, 8, "take a batch size of 2"), (3, 7, "7 examples in batches of 3 leave one over"), (2, 1, "one example alone")]
)
def test_a_batch_of_one_is_refused(size: int, rows: int, says: str) -> None:
    with pytest.raises(SpecError, match=says) as refused:
        Session(net(data=table(rows=rows), batch_size=size))
    assert refused.value.field == "batch_size"


def test_a_running_statistic_is_no_weight() -> None:
    """It can be read and edited, is counted among no gradients, and whatever is asked of a gradient is refused in a sentence."""
    session = differentiated(net())
    entry = next(each for each in session.graph()["parameters"] if each["name"] == "1.running_mean")
    assert entry["kept"] and not entry["frozen"] and entry["gradient_at"] is None
    assert session.parameter_count == session.check_all()["of"] == 3 * 4 + 4 + 8 + 4 * 2 + 2
    name = "1.running_mean[0]"
    asks = (session.check, session.anatomy, lambda each: session.explain(f"parameter:{each}"), lambda each: session.paths(f"parameter:{each}"))
    for ask in (*asks, lambda each: session.shares(f"parameter:{each}")):
        with pytest.raises(OutOfReach, match="running statistic"):
            ask(name)
    session.edit({"1.running_mean": [1.0, 2.0, 3.0, 4.0]})
    assert session.parameters()["1.running_mean"] == [1.0, 2.0, 3.0, 4.0]


def test_perturbation_leaves_statistics_alone() -> None:
    """A nudge of all weights nudges no running statistic, and credits none."""
    session = trained(net(gradient={"kind": "weight_perturbation", "directions": 2}), 1)
    assert session.gradients()["1.running_mean"] == session.gradients()["1.running_variance"] == [0.0] * 4
    assert np.abs(session.gradients()["0.W"]).min() > 0


def test_paths_through_others_are_counted() -> None:
    """Walked link by link through the whole batch there are as many paths, and with their sum the listed ones add up to the gradient."""
    session = differentiated(net(layers=[linear(2), {"kind": "batch_norm"}, linear(2)]))
    example = session.batch_examples()[1]
    followed = session.focus.follow(example)
    program, tape = followed.program, followed.program.tape

    def ways(node: int, place: Index) -> list[float]:
        if node == tape.marks["each"]:
            return [1.0] if place[0] == followed.row else []
        found = []
        for reader in tape.nodes[node + 1 : tape.marks["each"] + 1]:
            for name, source in reader.arguments().items():
                rule = reader.op.pulls.get(name) if reader.op and source == node else None
                for edge in rule.edges(place, program.pulled(reader, name)) if rule and rule.edges else ():
                    found += [edge.local * way for way in ways(reader.id, edge.out)]
        return found

    for name, index in (("0.W", (1, 0)), ("1.gamma", (1,))):
        every = ways(next(node.id for node in tape.nodes if node.name == name), index)
        found = session.paths(f"parameter:{name}[{','.join(map(str, index))}]", example, 5)
        assert found["count"] == len(every)
        assert found["sum"] == pytest.approx(sum(every), rel=1e-9, abs=1e-13)
        assert abs(found["sum"] - found["gradient"]) <= 1e-12 * found["size"]
        rest = found["remainder"]["sum"] if found["remainder"] else 0.0
        assert abs(sum(row["product"] for row in found["rows"]) + rest - found["gradient"]) <= 1e-12 * found["size"]
        assert ("through other examples of the batch" in found["sentence"]) == (name == "0.W")

"""Laws of the chain rule for whatever the page can point at: activations, pre-activations and inputs, in one example and over the batch."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.errors import UnknownName
from engine.layers import Layer
from engine.losses import Loss
from engine.numeric import central_difference
from engine.ops import OPS
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import START, differentiated, kind, linear, make, trained, with_layer, with_loss

LAYERS = [pytest.param(with_layer(layer), id=f"layer-{kind(layer)}") for layer in kinds(Layer)]
LOSSES = [pytest.param(with_loss(loss), id=f"loss-{kind(loss)}") for loss in kinds(Loss) if issubclass(loss, Loss)]
ODD = [
    pytest.param(make(layers=[{"kind": "tanh"}, {"kind": "sigmoid"}, linear(2)]), id="activations-first"),
    pytest.param(make(layers=[linear(4), {"kind": "tanh"}, {"kind": "sigmoid"}, linear(2)]), id="two-activations"),
    pytest.param(make(layers=[linear(4, bias=False), {"kind": "softmax"}, linear(2)]), id="softmax-inside"),
    pytest.param(make(layers=[linear(9), {"kind": "tanh"}, linear(9), {"kind": "tanh"}, linear(2)]), id="folded"),
]
NETWORKS = LAYERS + LOSSES + ODD


def elements(session: Session) -> list[tuple[int, str]]:
    """Every input, pre-activation and activation, as node and index."""
    tape = session.program.tape
    nodes = [node for node in tape.nodes[: tape.marks["prediction"] + 1] if node.role in ("input", "value")]
    return [(node.id, ",".join(map(str, index))) for node in nodes for index in np.ndindex(*node.shape[1:])]


@pytest.mark.parametrize("spec", NETWORKS)
def test_every_value_has_a_ladder(spec: SessionSpec) -> None:
    """From the loss down to any value: each row is arriving times local, rows add up to their rung, and the last total is the gradient at that value."""
    session = differentiated(spec)
    example = session.batch_examples()[1]
    for node, unit in elements(session):
        found = session.explain(f"value:{node}[{unit}]", example)
        gradient = float(np.asarray(session.values(node, example)["cotangent"])[tuple(map(int, unit.split(",")))])
        assert found["asked"] == node and found["gradient"] == gradient
        rungs = found["ladder"] + found["onward"]
        assert (found["ladder"][-1]["total"]["ref"], found["ladder"][-1]["total"]["value"]) == (f"cotangent:{node}[{unit}]", gradient)
        for before, rung in pairwise(found["ladder"]):
            strongest = max(rung["rows"], key=lambda row: abs(row["product"]))
            assert strongest["arriving"] == before["total"]
        for rung in rungs:
            products = [row["product"] for row in rung["rows"]]
            for row in rung["rows"]:
                arriving = row["arriving"]["value"] if row["arriving"] else 1.0
                assert row["product"] == pytest.approx(arriving * row["local"]["value"], rel=1e-15)
            folded = rung["folded"]["sum"] if rung["folded"] else 0.0
            size = sum(map(abs, products)) + abs(folded)
            assert sum(products) + folded == pytest.approx(rung["total"]["value"], rel=1e-12, abs=1e-13 * size)


@pytest.mark.parametrize("spec", NETWORKS)
def test_the_way_goes_on_to_the_weighted_sum(spec: SessionSpec) -> None:
    """Below an activation, the rungs go on to the sum that it is applied to."""
    session = differentiated(spec)
    graph = session.graph()
    for column in graph["columns"][1:]:
        if column["kind"] != "neurons":
            continue
        found = session.explain(f"value:{column['post']}[0]")
        last = found["onward"][-1] if found["onward"] else found["ladder"][-1]
        assert last["total"]["ref"] == f"cotangent:{column['pre']}[0]"
        assert len(found["onward"]) == sum(node["role"] == "value" for node in graph["nodes"][column["pre"] : column["post"]])


@pytest.mark.parametrize("spec", NETWORKS)
def test_an_inputs_gradient_is_a_slope(spec: SessionSpec) -> None:
    """Nobody trains an input, and still its gradient is what a small change of it does to the example's loss, by forward passes alone."""
    session = trained(spec, 2)
    session.run(session.target_backward())
    batch = session.batch_examples()
    example = batch[0]
    inputs, targets = session.data.rows_of(batch)
    program = session.focus.program(len(batch))
    for unit in range(inputs.shape[1]):
        found = session.explain(f"value:0[{unit}]", example)

        def loss(value: float, unit: int = unit) -> float:
            moved = inputs.copy()
            moved[0, unit] = value
            session.focus.load(program, moved, targets)
            return float(program.value(program.tape.marks["each"])[0, 0])

        measured = central_difference(loss, float(inputs[0, unit]))
        assert found["gradient"] == pytest.approx(measured.slope, rel=1e-7, abs=10 * measured.error + 1e-9)


@pytest.mark.parametrize("spec", LAYERS[:2] + ODD)
def test_nothing_is_told_before_it_is_known(spec: SessionSpec) -> None:
    """A gradient that training leaves out is told when those that it is made of are computed, and never before; the others when training has them."""
    session = Session(spec)
    first = session.explain("value:0[0]")
    assert first["gradient"] is None and not any(rung["known"] for rung in first["ladder"])
    count = session.instruction_count
    for place in range(1, count):
        session.seek(Position(0, place))
        for node, unit in elements(session):
            found = session.explain(f"value:{node}[{unit}]")
            for rung in found["ladder"] + found["onward"]:
                arriving = [row["arriving"]["known"] for row in rung["rows"] if row["arriving"]]
                assert not rung["known"] or all(arriving)
                if rung["instruction"] is None:
                    assert rung["known"] == (all(arriving) if arriving else place >= session.program.ends["loss"] + 2)
                else:
                    assert rung["known"] == (rung["instruction"] < place)
            assert (found["gradient"] is None) == (not found["ladder"][-1]["known"])


def test_only_what_training_leaves_out_says_so() -> None:
    session = differentiated(make(layers=[{"kind": "tanh"}, linear(4), {"kind": "tanh"}, linear(2)]))
    said = [session.explain(f"value:{node}[{unit}]")["note"] is not None for node, unit in elements(session)]
    assert said == [True] * 6 + [False] * (len(said) - 6)


def test_a_value_is_no_parameter_and_no_loss() -> None:
    session = differentiated(make())
    tape = session.program.tape
    parameter = next(node.id for node in tape.nodes if node.role == "parameter")
    for node in (parameter, tape.marks["each"], len(tape.nodes), 1):
        with pytest.raises(UnknownName):
            session.explain(f"value:{node}[0]")


@pytest.mark.parametrize("changes", [{}, {"l1": 0.03, "l2": 0.2}, {"batch_size": 7}, {"batch_size": 4, "dtype": "float32"}], ids=str)
@pytest.mark.parametrize("updates", [0, 1, 2])
def test_the_mean_is_the_sum_over_n(changes: dict[str, Any], updates: int) -> None:
    """Rows and fold add up to the sum, the sum over n is the mean, and with what the penalties add the mean is the batch's gradient; a partial batch too."""
    session = trained(make(**changes), updates)
    session.run(session.target_backward())
    assert session.position > START
    exact = 1e-12 if session.network.dtype == np.float64 else 1e-5
    for name, view in session.parameters_arena.views.items():
        for index in np.ndindex(*view.shape):
            found = session.explain(f"parameter:{name}[{','.join(map(str, index))}]")["batch"]
            rows, folded = found["rows"], found["folded"]
            assert found["count"] == len(session.batch_examples()) == len(rows) + (folded["count"] if folded else 0)
            for row in rows:
                own = np.asarray(session.gradients(row["example"])[name])[index]
                assert row["gradient"] == pytest.approx(own, rel=exact, abs=exact)
            assert sum(row["gradient"] for row in rows) + (folded["sum"] if folded else 0) == pytest.approx(found["sum"], rel=exact, abs=exact)
            assert found["mean"] == pytest.approx(found["sum"] / found["count"], rel=1e-15)
            assert found["mean"] + (found["penalty"] or 0.0) == pytest.approx(found["gradient"], rel=exact, abs=exact)
            assert (found["penalty"] is not None) == (session.spec.l2 > 0 and name.endswith(".W"))


@pytest.mark.parametrize(("changes", "loss"), [({}, "the batch's mean loss"), ({"l2": 0.2}, "the batch's mean loss with its penalties")], ids=str)
def test_a_sentence_names_the_loss_that_its_gradient_is_of(changes: dict[str, Any], loss: str) -> None:
    """Of the followed example, or of the batch; the figure is that gradient's."""
    session = differentiated(make(**changes))
    found = session.explain("parameter:0.W[0,0]")
    for sentence, gradient, of in ((found["sentence"], found["gradient"], "this example's loss"), (found["batch_sentence"], found["batch_gradient"], loss)):
        assert sentence.startswith(f"Raise this weight by 0.01 and {of} {'rises' if gradient > 0 else 'falls'} by about ")
        assert sentence.endswith(f"{abs(gradient) * 0.01:.2g}.") or "10⁻" in sentence
    assert trained(make(**changes), 0).explain("parameter:0.W[0,0]")["batch_sentence"] == "Its gradient is not computed yet."


def test_the_mean_over_a_sums_gradients_is_its_bias_gradient() -> None:
    session = differentiated(make())
    pre = session.graph()["columns"][1]["pre"]
    for unit in range(4):
        found = session.explain(f"value:{pre}[{unit}]")
        assert found["batch"]["mean"] == pytest.approx(session.gradients()["0.b"][unit], rel=1e-12)


def test_masked_examples_are_what_they_are_together() -> None:
    """One backward pass for all examples gives each the numbers of a pass of its own; where an op mixes examples they are told one by one."""
    for param in LAYERS + LOSSES:
        session = differentiated(param.values[0])
        if session.program.tape.mixes:
            continue
        rows = session.batch_examples()
        program = session.focus.each(rows)
        together = {node: program.cotangents.views[node].copy() for node in program.cotangents.views if node <= program.tape.marks["each"]}
        for place, row in enumerate(rows):
            followed = session.focus.follow(row)
            for node, cotangent in together.items():
                own = followed.program.cotangent(node)
                assert own is not None
                np.testing.assert_allclose(cotangent[place], own[place], rtol=1e-13, atol=1e-15)
                assert not np.delete(own, place, 0).any()


def test_a_slope_names_the_op_and_the_places() -> None:
    """`slope:<node>[<out>,<in>]`: the node is an op's, and both units exist."""
    session = differentiated(make(layers=[linear(4), {"kind": "softmax"}, linear(2)]))
    found = session.explain("parameter:0.W[0,1]")
    slopes = [row["local"]["ref"] for rung in found["ladder"] for row in rung["rows"] if row["local"]["ref"].startswith("slope:")]
    assert slopes
    for ref in slopes:
        node, places = ref.removeprefix("slope:").rstrip("]").split("[")
        op = session.program.tape.nodes[int(node)].op
        assert op is not None and op.name in OPS
        assert all(0 <= int(place) < 4 for place in places.split(","))

"""Laws of whole networks, for every layer, loss, initialiser and optimiser there is."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.formula.calls import Array
from engine.layers import Activation, Layer
from engine.numeric import central_difference, relative_error
from engine.op import Calls
from engine.ops import OPS
from engine.session import Session
from engine.settings import locate
from engine.spec import SessionSpec
from tests.engine.networks import START, differentiated, everything, flat, kind, linear, make, trained, with_layer

NETWORKS = list(everything())
STRUCTURES = [network for network in NETWORKS if str(network.id).startswith(("layer", "loss"))]
PENALIZED = list(everything(l1=0.03, l2=0.2))
FLOAT32 = list(everything(dtype="float32"))
PRECISIONS = [pytest.param(*rough.values, *fine.values, id=fine.id) for rough, fine in zip(FLOAT32, NETWORKS, strict=True)]
ODD = [
    pytest.param(make(layers=[linear(2)]), id="one-layer"),
    pytest.param(make(layers=[{"kind": "tanh"}, linear(2)]), id="activation-first"),
    pytest.param(make(layers=[linear(4, bias=False), {"kind": "sigmoid"}, linear(2, bias=False)]), id="no-bias"),
    pytest.param(make(layers=[linear(3), linear(3), linear(2)]), id="no-activations"),
    pytest.param(make(layers=[linear(4), {"kind": "tanh"}, {"kind": "sigmoid"}, linear(2)]), id="two-activations"),
    pytest.param(make(layers=[linear(4), {"kind": "tanh"}, linear(2), {"kind": "softmax"}]), id="softmax-end"),
]


def names(session: Session) -> Iterator[str]:
    """Every single parameter that learns, as `0.W[1,2]`."""
    for name, shape in session.network.learned.items():
        for index in np.ndindex(*shape):
            yield f"{name}[{','.join(map(str, index))}]"


def objective_with(session: Session, name: str, value: float) -> float:
    """The objective of the first batch with one parameter set by hand."""
    session.seek(START)
    session.edit({name: value})
    session.run(session.target_forward())
    return float(session.state()["objective"])


@pytest.mark.parametrize("spec", NETWORKS + PENALIZED + ODD)
def test_gradients_are_slopes(spec: SessionSpec) -> None:
    """Each gradient is what a small change of its parameter does to the objective, by a plain difference of two forward passes."""
    session = differentiated(spec)
    gradients = {name: view.copy() for name, view in session.gradients_arena.views.items()}
    scale = float(np.abs(session.gradients_arena.flat).max())
    h = 1e-5
    for name in names(session):
        _, index = locate(session.parameters_arena, name)
        start = float(session.network.drawn[name.split("[")[0]][index])
        slope = (objective_with(session, name, start + h) - objective_with(session, name, start - h)) / (2 * h)
        objective_with(session, name, start)
        assert float(gradients[name.split("[")[0]][index]) == pytest.approx(slope, rel=1e-6, abs=1e-8 * (1 + scale)), name


@pytest.mark.parametrize("spec", NETWORKS + PENALIZED + FLOAT32 + ODD)
def test_every_gradient_passes_its_check(spec: SessionSpec) -> None:
    """The check agrees in the middle of the first update, and after two of them; in float64 no gradient is far off."""
    for session in (differentiated(spec), trained(spec, 2)):
        found = session.check_all()
        assert found["ok"], found
        assert found["checked"] == found["of"] == session.parameter_count


@pytest.mark.parametrize(("single", "double"), PRECISIONS)
def test_float32_is_float64_rounded(single: Any, double: Any) -> None:
    """In the lower precision every tensor of gradients is the same within a few roundings."""
    rough, fine = differentiated(single), differentiated(double)
    assert rough.gradients_arena.flat.dtype == np.float32
    assert relative_error(rough.gradients_arena.flat, fine.gradients_arena.flat) < 2e-5


@pytest.mark.parametrize("spec", NETWORKS + ODD)
def test_per_example_gradients_average_to_the_batch(spec: SessionSpec) -> None:
    """The gradient of the batch is the mean of its examples' own."""
    for session in (differentiated(spec), trained(spec, 2)):
        rows = session.batch_examples()
        each = [flat(session.gradients(row)) for row in rows]
        assert relative_error(np.mean(each, axis=0), flat(session.gradients())) <= 1e-12


@pytest.mark.parametrize("spec", PENALIZED)
def test_penalties_belong_to_no_example(spec: SessionSpec) -> None:
    """The batch's gradient is the examples' mean and, at weights only, l1 sign(w) + l2 w."""
    session = differentiated(spec)
    mean = {name: np.mean([session.gradients(row)[name] for row in session.batch_examples()], axis=0) for name in session.parameters()}
    for name, value in session.parameters().items():
        w = np.asarray(value)
        pulled = spec.l1 * np.sign(w) + spec.l2 * w if w.ndim > 1 else 0 * w
        assert relative_error(mean[name] + pulled, np.asarray(session.gradients()[name])) <= 1e-12


@pytest.mark.parametrize("spec", STRUCTURES + PENALIZED[:3] + ODD)
def test_a_ladder_leads_to_its_gradient(spec: SessionSpec) -> None:
    """Rows are arriving gradient times local slope and add up to their rung's total; the way up is the strongest row's, the last total the gradient."""
    session = differentiated(spec)
    for example in session.batch_examples()[:1]:
        gradients = session.gradients(example)
        for name in names(session):
            found = session.explain(f"parameter:{name}", example)
            _, index = locate(session.parameters_arena, name)
            expected = float(np.asarray(gradients[name.split("[")[0]])[index])
            assert found["gradient"] == expected
            assert found["ladder"][-1]["total"]["value"] == expected
            for before, rung in pairwise(found["ladder"]):
                strongest = max(rung["rows"], key=lambda row: abs(row["product"]))
                assert strongest["arriving"]["ref"] == before["total"]["ref"]
            for rung in found["ladder"]:
                products = [row["product"] for row in rung["rows"]]
                for row in rung["rows"]:
                    arriving = row["arriving"]["value"] if row["arriving"] else 1.0
                    assert row["product"] == pytest.approx(arriving * row["local"]["value"], rel=1e-15)
                folded = rung["folded"]["sum"] if rung["folded"] else 0.0
                size = sum(map(abs, products)) + abs(folded)
                assert sum(products) + folded == pytest.approx(rung["total"]["value"], rel=1e-12, abs=1e-13 * size)


def references(part: Any) -> Iterator[tuple[str, float]]:
    """Every number of an explanation that says where else it stands; a local slope stands nowhere else."""
    if isinstance(part, dict):
        if part.get("ref") and not part["ref"].startswith("slope:"):
            yield part["ref"], part["value"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolve(session: Session, reference: str, example: int) -> float:
    """The number that the session's other answers give for such a reference."""
    what, _, place = reference.partition(":")
    name, _, index = place.rstrip("]").partition("[")
    at = tuple(map(int, index.split(",")))
    if what in ("parameter", "gradient"):
        tensors = session.parameters() if what == "parameter" else session.gradients(example)
        return float(np.asarray(tensors[name])[at])
    return float(np.asarray(session.values(int(name), example)[what])[at])


@pytest.mark.parametrize("spec", STRUCTURES + ODD)
def test_an_explanation_has_the_numbers_of_the_api(spec: SessionSpec) -> None:
    """Each number of a ladder or of a neuron is, to the last bit, the one that parameters, gradients and values give."""
    session = differentiated(spec)
    example = session.batch_examples()[-1]
    columns = session.graph()["columns"]
    targets = [f"parameter:{name}" for name in names(session)]
    targets += [f"value:{column['post']}[{','.join(map(str, place))}]" for column in columns for place in np.ndindex(*column["shape"])]
    for target in targets:
        found = session.explain(target, example)
        for reference, value in references(found):
            assert value == resolve(session, reference, example), (target, reference)


@pytest.mark.parametrize("spec", STRUCTURES + ODD)
def test_a_neuron_adds_up(spec: SessionSpec) -> None:
    """z is the sum of the terms shown and the bias; the curve's marked point is the neuron's own value and slope."""
    session = differentiated(spec)
    example = session.batch_examples()[0]
    for column in session.graph()["columns"][1:]:
        for unit in range(column["units"] if column["kind"] == "neurons" else 0):
            found = session.explain(f"value:{column['post']}[{unit}]", example)
            folded = found["folded"]["sum"] if found["folded"] else 0.0
            total = sum(term["product"] for term in found["terms"]) + folded + (found["bias"]["value"] if found["bias"] else 0)
            assert found["z"]["value"] == pytest.approx(total, rel=1e-12, abs=1e-14)
            if found["curve"]:
                assert found["curve"]["at"]["y"] == pytest.approx(found["a"]["value"], rel=1e-14)
            if found["curve"] and len(column["layers"]) == 2:
                slope = found["curve"]["at"]["slope"]
                assert found["cotangent_z"]["value"] == pytest.approx(found["cotangent_a"]["value"] * slope, rel=1e-12, abs=1e-300)


def spoiled(rule: Any, factor: float) -> Any:
    """A pull that is wrong by a factor."""

    def emit(out: Array, scratch: Any, **values: Array) -> Calls:
        yield from rule(out, scratch, **values)
        yield partial(np.multiply, out=out), (out, factor)

    return emit


@pytest.mark.parametrize("layer", [layer for layer in kinds(Layer) if issubclass(layer, Activation) and OPS[layer.op].elementwise], ids=kind)
def test_a_wrong_pull_is_found(layer: type[Activation], monkeypatch: pytest.MonkeyPatch) -> None:
    """One activation's pull off in its eighth digit makes the check fail, and it names a parameter before that activation."""
    rule = OPS[layer.op].pulls["x"]
    monkeypatch.setattr(rule, "emit", spoiled(rule.emit, 1 + 1e-7))
    for session in (differentiated(with_layer(layer)), trained(with_layer(layer), 2)):
        found = session.check_all()
        assert not found["ok"]
        assert found["worst"]["name"].startswith("0.")
        assert "wrong" in found["sentence"] and found["worst"]["name"] in found["sentence"]
        assert not all(session.check(found["worst"]["name"], row)["agrees"] for row in session.batch_examples())
        assert session.check("2.b[0]", session.batch_examples()[0])["agrees"]


@pytest.mark.parametrize("wrong", ["W", "b"])
def test_a_wrong_parameter_pull_is_found(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A weighted sum that forgets an example in one of its pulls is named by that parameter."""

    def weights(dW: Array, dy: Array, x: Array) -> Calls:
        yield x[1:].T.dot, (dy[1:], dW)

    def biases(db: Array, dy: Array) -> Calls:
        yield partial(np.sum, axis=0, out=db), (dy[1:],)

    monkeypatch.setattr(OPS["affine"].pulls[wrong], "emit", weights if wrong == "W" else biases)
    found = differentiated(make(batch_size=3)).check_all()
    assert not found["ok"]
    assert f".{wrong}[" in found["worst"]["name"]
    assert found["agree"] < found["checked"]


@pytest.mark.parametrize(
    ("function", "at", "slope"), [(np.exp, 1.0, np.e), (np.sin, 0.0, 1.0), (np.sqrt, 4.0, 0.25), (np.square, 1e3, 2e3), (abs, 3.0, 1.0)], ids=str
)
def test_a_measured_slope_knows_its_error(function: Any, at: float, slope: float) -> None:
    """A central difference is as near to the true slope as it says, and says that it is near."""
    found = central_difference(lambda x: float(function(x)), at)
    assert abs(found.slope - slope) <= 10 * found.error
    assert found.error < 1e-7 * max(abs(slope), 1)


def test_a_slope_at_a_kink_is_not_trusted() -> None:
    """Just beside a kink the steps disagree, and the estimate of the error says so or the slope is right."""
    found = central_difference(lambda x: max(x, 0.0), 1e-3)
    assert abs(found.slope - 1.0) <= 10 * found.error

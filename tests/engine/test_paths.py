"""Laws of paths: they add up to the gradient, the strongest are the strongest, and their number is exact, each against walking them one by one."""

import sys
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.component import kinds
from engine.errors import TooLarge, UnknownName
from engine.layers import Layer
from engine.losses import Loss
from engine.network import LIMITS
from engine.op import Index, Op
from engine.ops import OPS
from engine.position import Position
from engine.session import Session
from engine.settings import locate
from engine.spec import SessionSpec
from engine.strongest import Strongest
from engine.unrolled import Unrolled
from tests.engine.networks import differentiated, kind, linear, make, with_layer, with_loss
from tests.engine.test_networks import names
from tests.engine.test_ops import draw, forward, settings_of
from tests.engine.test_oracle import networks, session_of
from tests.oracles.mlp import Descent
from tests.oracles.paths import products

LAYERS = [pytest.param(with_layer(layer), id=f"layer-{kind(layer)}") for layer in kinds(Layer) if not Session(with_layer(layer)).program.tape.mixes]
LOSSES = [pytest.param(with_loss(loss), id=f"loss-{kind(loss)}") for loss in kinds(Loss) if issubclass(loss, Loss)]
ODD = [
    pytest.param(make(layers=[linear(2)]), id="one-layer"),
    pytest.param(make(layers=[{"kind": "tanh"}, linear(3, bias=False), {"kind": "softmax"}, linear(2, bias=False)]), id="softmax-inside"),
    pytest.param(make(layers=[linear(3), {"kind": "tanh"}, {"kind": "sigmoid"}, linear(3), {"kind": "relu"}, linear(2)]), id="deep"),
    pytest.param(make(layers=[linear(3), {"kind": "relu"}, linear(3), {"kind": "relu"}, linear(2)], seed=4), id="dead"),
    pytest.param(make(layers=[linear(3, init={"kind": "constant", "value": 0.5}), {"kind": "tanh"}, linear(3, init={"kind": "zeros"}), linear(2)]), id="zeros"),
    pytest.param(make(l1=0.03, l2=0.2), id="penalties"),
]
NETWORKS = LAYERS + LOSSES + ODD
ALL = 10_000
LONG = 60
"""Instructions from which on only some numbers of each parameter are asked for."""


def walked(session: Session, example: int, name: str) -> list[float]:
    """The product along every path to a parameter, over the scalar links that the ops state, one by one."""
    followed = session.focus.follow(example)
    program, row = followed.program, followed.row
    tape = program.tape

    def ways(node: int, place: Index) -> list[float]:
        if node == tape.marks["each"]:
            return [1.0]
        found = []
        for reader in tape.nodes[node + 1 : tape.marks["each"] + 1]:
            for argument, source in reader.arguments().items():
                rule = reader.op.pulls.get(argument) if reader.op and source == node else None
                for edge in rule.edges(place, program.pulled(reader, argument)) if rule and rule.edges else ():
                    if edge.out[0] == row:
                        found += [edge.local * way for way in ways(reader.id, edge.out)]
        return found

    _, index = locate(session.parameters_arena, name)
    return ways(next(node.id for node in tape.nodes if node.name == name.split("[")[0]), index)


def asked(session: Session) -> list[str]:
    """Every parameter's numbers; of a long program, whose paths are many, the first of each tensor."""
    every = list(names(session))
    if session.instruction_count < LONG:
        return every
    return list({name.split("[")[0]: name for name in reversed(every)}.values())


def strongest_first(values: list[float]) -> list[float]:
    return sorted(map(abs, values), reverse=True)


@pytest.mark.parametrize("spec", NETWORKS)
def test_paths_are_those_that_one_walks(spec: SessionSpec) -> None:
    """All of them: as many, with the same products, in order of size; each row is the product of its factors, and they add up to the gradient."""
    session = differentiated(spec)
    example = session.batch_examples()[1]
    gradients = {name: np.asarray(values) for name, values in session.gradients(example).items()}
    for name in asked(session):
        expected = walked(session, example, name)
        found = session.paths(f"parameter:{name}", example, ALL)
        got = [row["product"] for row in found["rows"]]
        assert found["count"] == len(expected) == len(got) and found["remainder"] is None
        assert found["zero"] == sum(value == 0 for value in expected)
        assert strongest_first(got) == pytest.approx([abs(value) for value in got], rel=1e-13)
        assert sorted(got) == pytest.approx(sorted(expected), rel=1e-12, abs=1e-300)
        for row in found["rows"]:
            assert row["product"] == pytest.approx(prod(factor["value"] for factor in row["factors"]), rel=1e-12)
        base, _, index = name.rstrip("]").partition("[")
        gradient = gradients[base][tuple(map(int, index.split(",")))]
        size = sum(map(abs, got))
        assert found["gradient"] == gradient
        for total in (found["sum"], sum(got)):
            assert abs(total - gradient) <= 1e-13 * size
        assert found["size"] == pytest.approx(size, rel=1e-12)


@pytest.mark.parametrize("spec", NETWORKS)
@pytest.mark.parametrize("most", [1, 3, 7])
def test_the_strongest_are_the_strongest_and_the_rest_is_one_row(spec: SessionSpec, most: int) -> None:
    """The first k of all paths by size, exactly; with the remainder they still add up to the gradient."""
    session = differentiated(spec)
    example = session.batch_examples()[0]
    for name in asked(session):
        expected = walked(session, example, name)
        found = session.paths(f"parameter:{name}", example, most)
        got = [row["product"] for row in found["rows"]]
        assert [abs(value) for value in got] == pytest.approx(strongest_first(expected)[:most], rel=1e-12)
        rest = found["remainder"] or {"count": 0, "sum": 0.0}
        assert len(got) + rest["count"] == found["count"] == len(expected)
        assert abs(sum(got) + rest["sum"] - found["gradient"]) <= 1e-13 * found["size"]


@settings(max_examples=80)
@given(data=st.data())
def test_paths_are_the_textbooks(data: st.DataObject) -> None:
    """The products along the paths of any multilayer perceptron in plain loops, formula by formula."""
    mlp, xs, ts = data.draw(networks(data.draw(st.sampled_from(kinds(Loss)))))  # type: ignore[arg-type]
    session = session_of(mlp, xs, ts, Descent())
    session.run(session.target_backward())
    for layer, dense in enumerate(mlp.layers):
        unit, source = data.draw(st.integers(0, len(dense.biases) - 1)), data.draw(st.integers(0, len(dense.weights) - 1))
        for name, start in ((f"{2 * layer}.W[{source},{unit}]", source), (f"{2 * layer}.b[{unit}]", None)):
            expected = products(mlp, xs[0], ts[0], layer, start, unit)
            found = session.paths(f"parameter:{name}", 0, ALL)
            assert found["count"] == len(expected)
            assert sorted(row["product"] for row in found["rows"]) == pytest.approx(sorted(expected), rel=1e-9, abs=1e-13)


def test_their_number_is_exact_however_large() -> None:
    """Twenty layers of seven units have 7²⁰ ways through, more than a float can tell; the strongest of them are found all the same."""
    session = differentiated(make(layers=[*[linear(7), {"kind": "tanh"}] * 21, linear(2)]))
    found = session.paths("parameter:0.W[1,2]", None, 5)
    assert found["count"] == 7**20 * 2
    assert found["counted"] == f"{7**20 * 2:,}"
    assert found["remainder"]["count"] == 7**20 * 2 - 5
    assert len(found["rows"]) == 5
    assert abs(found["sum"] - found["gradient"]) <= 1e-10 * found["size"]


def test_strength_does_not_underflow() -> None:
    """Where products are below the smallest number, the order is still theirs."""
    layers = [*[linear(2, init={"kind": "normal", "std": 1e-30}), {"kind": "identity"}] * 14, linear(2)]
    session = differentiated(make(layers=layers))
    followed = session.focus.follow(None)
    node = next(node.id for node in followed.program.tape.nodes if node.name == "0.W")
    unrolled = Unrolled(session, followed, node, (0, 0), LIMITS["links"])
    steps = Strongest(unrolled, 300).paths()
    strengths = [sum(np.log2(abs(step.local)) for step in path) for path in steps]
    assert prod(step.local for step in steps[0]) == 0.0
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] == pytest.approx(unrolled.ways[node].best[0], rel=1e-13)


def test_the_marked_factor_is_furthest_from_one() -> None:
    session = differentiated(make(layers=[linear(4), {"kind": "relu"}, linear(4), {"kind": "relu"}, linear(2)]))
    effects = set()
    for name in names(session):
        for row in session.paths(f"parameter:{name}", None, ALL)["rows"]:
            sizes = [abs(factor["value"]) for factor in row["factors"]]
            if row["marked"] is None:
                assert all(size == 1 for size in sizes)
                continue
            marked = sizes[row["marked"]]
            effects.add(row["effect"])
            if row["effect"] == "ends":
                assert marked == 0
                continue
            assert all(size and max(size, 1 / size) <= max(marked, 1 / marked) * (1 + 1e-12) for size in sizes)
            assert (row["effect"] == "shrinks") == (marked < 1)
    assert effects == {"ends", "shrinks", "grows"}


def test_a_path_names_what_it_passes() -> None:
    """Neurons from the loss home, each once; the last factor of a weight is the value that it weighs."""
    session = differentiated(make(layers=[linear(4), {"kind": "tanh"}, linear(3), {"kind": "tanh"}, linear(2)]))
    for row in session.paths("parameter:0.W[2,1]")["rows"]:
        texts = [neuron["text"] for neuron in row["neurons"]]
        assert len(texts) == 3 and texts[0].startswith("z") and texts[1].startswith("h₂") and texts[2] == "h₁,₂"
        assert row["factors"][-1]["ref"] == "value:0[2]"
        weights = [factor["ref"] for factor in row["factors"] if factor["ref"].startswith("parameter:")]
        out, between = (int(neuron["ref"].split("[")[1].rstrip("]")) for neuron in row["neurons"][:2])
        assert weights == [f"parameter:4.W[{between},{out}]", f"parameter:2.W[1,{between}]"]


def test_more_links_than_the_limit_are_refused_with_their_number() -> None:
    """The sentence names how many there are and how many may be; one fewer is taken."""
    spec = make(layers=[linear(6), {"kind": "tanh"}, linear(5), {"kind": "softmax"}, linear(2)])
    links = differentiated(spec).paths("parameter:0.W[1,2]")["links"]
    assert links == 1 + 1 + 5 + 25 + 10 + 2 + 2
    enough, short = Session(spec, {"links": links}), Session(spec, {"links": links - 1})
    for session in (enough, short):
        session.run(session.target_backward())
    assert enough.paths("parameter:0.W[1,2]")["rows"]
    with pytest.raises(TooLarge, match=rf"0\.W\[1,2\] would be {links}, and the limit here is {links - 1}; take a weight nearer to the loss"):
        short.paths("parameter:0.W[1,2]")
    assert short.paths("parameter:4.W[1,1]")["rows"]


def test_wide_layers_are_counted_before_they_are_laid_out() -> None:
    """Two links between layers of 784 are more than a million: refused at once, with their number; below them a path is found."""
    wide = [linear(784), {"kind": "relu"}]
    session = differentiated(make(layers=[*wide * 4, linear(2)]))
    with pytest.raises(TooLarge, match="would be 1,234,022"):
        session.paths("parameter:0.W[0,0]")
    found = session.paths("parameter:4.W[3,5]", None, 3)
    assert found["count"] == 784 * 2
    assert abs(found["sum"] - found["gradient"]) <= 1e-12 * found["size"]


@pytest.mark.parametrize("target", ["parameter:2.W", "parameter:9.W[0,0]", "value:3[0]", "op:2", "parameter:2.W[9,9]", "nonsense"])
def test_only_one_number_of_a_parameter_has_paths(target: str) -> None:
    with pytest.raises(UnknownName):
        differentiated(make()).paths(target)


def test_nothing_is_laid_out_before_the_gradient_is_known() -> None:
    session = Session(make())
    at = next(p["gradient_at"] for p in session.graph()["parameters"] if p["name"] == "0.W")
    for place in (0, 3, at):
        session.seek(Position(0, place))
        found = session.paths("parameter:0.W[0,0]")
        assert not found["known"] and found["rows"] == [] and found["count"] is None and found["gradient"] is None
    session.seek(Position(0, at + 1))
    assert session.paths("parameter:0.W[0,0]")["rows"]


def test_what_is_not_finite_is_said() -> None:
    """A run stops before such a number, and still an example that is not in the batch may have one."""
    data = {"kind": "table", "inputs": [[0, 0, 0], [1e30, 1e30, 1e30]], "targets": [[0, 1], [1, 0]]}
    session = Session(make(data=data, batch_size=1, shuffle=False, layers=[linear(4), {"kind": "identity"}, linear(4), linear(2)]))
    session.edit({"0.W": [[1e300] * 4] * 3})
    session.run(session.target_backward())
    assert session.paths("parameter:0.W[0,0]", 0)["rows"]
    found = session.paths("parameter:0.W[0,0]", 1)
    assert found["rows"] == [] and "not a finite number" in found["sentence"] and found["count"] == 8


@pytest.mark.parametrize(
    ("count", "zero", "strongest", "kept", "said"),
    [
        (1, 0, 1.0, 1.0, "1 path leads from the loss to this weight."),
        (1, 1, None, None, "1 path leads from the loss to this weight. A factor on it is exactly 0."),
        (4096, 1, 0.25, 0.031, ("4,096 paths lead from the loss to this weight. 1 of them has a factor that is exactly 0. "
         "The strongest carries 25 % of their total size. They cancel until 3.1 % of it is left.")),
        (3, 3, None, None, "3 paths lead from the loss to this weight. Each has a factor that is exactly 0."),
        (2, 0, 0.5, 1.0, "2 paths lead from the loss to this weight. The strongest carries 50 % of their total size. Nothing cancels."),
    ],
)  # fmt: skip
def test_the_sentence(count: int, zero: int, strongest: Any, kept: Any, said: str) -> None:
    from engine.paths import _sentence

    assert _sentence(count, zero, strongest, kept, 0) == said


@pytest.mark.parametrize("op", [op for op in OPS.values() if any(pull.slopes for pull in op.pulls.values())], ids=str)
def test_slopes_are_the_edges_at_once(op: Op) -> None:
    """Where an op gives all local derivatives of an example together, they are those of its links one by one, and every element is linked to every other."""
    compared = 0
    for sample in op.samples:
        inputs = draw(op, sample, 3)
        values = {**inputs, **settings_of(op, sample), "y": forward(op, sample, inputs)}
        for name, pull in op.pulls.items():
            for example in range(inputs[name].shape[0]) if pull.slopes and pull.edges else ():
                assert pull.slopes and pull.edges
                slopes = pull.slopes(example, values)
                if slopes is not None:
                    one_by_one = [[edge.local for edge in pull.edges((example, unit), values)] for unit in range(inputs[name].shape[1])]
                    np.testing.assert_allclose(slopes, one_by_one, rtol=1e-14, atol=1e-16)
                    compared += 1
    assert compared


def test_no_path_is_too_long() -> None:
    """The deepest network that may be built has paths of more than a hundred links, in a stack of Python's that is already deep."""
    session = differentiated(make(layers=[*[linear(2), {"kind": "tanh"}] * 63, linear(2)]))

    def deep(frames: int) -> Any:
        return deep(frames - 1) if frames else session.paths("parameter:0.W[0,0]", None, 40)

    found = deep(sys.getrecursionlimit() - 200)
    assert len(found["rows"]) == 40 and found["count"] == 2**63
    assert len(found["rows"][0]["factors"]) == 2 * 64 + 1

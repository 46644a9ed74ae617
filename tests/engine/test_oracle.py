"""The engine against a textbook network in plain loops, and against the numbers of the worked example in the textbooks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.clips import Clip
from engine.component import Component, kinds
from engine.layers import Activation, Layer
from engine.losses import Loss
from engine.optimizers import Optimizer
from engine.position import Position
from engine.presets import WORKED_EXAMPLE
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import kind, table
from tests.oracles.activations import ACTIVATIONS, Numbers
from tests.oracles.clips import CLIPS
from tests.oracles.descent import RULES
from tests.oracles.losses import LOSSES
from tests.oracles.mlp import Dense, Descent, Mlp

UPDATES = 3
Rows = list[list[float]]


def numbers(component: type[Component], draw: st.DrawFn) -> Numbers:
    """Random settings of a component, each within what every one of them takes."""
    own = [name for name in component.model_fields if name not in ("kind", "learning_rate", "limit")]
    return {name: draw(st.floats(0.1, 0.9)) for name in own}


@st.composite
def networks(draw: st.DrawFn, loss: type[Loss], hidden: type[Layer] | None = None) -> tuple[Mlp, Rows, Rows]:
    """A random network with random examples that suit its loss; `hidden` stands in its first layer, anything in the others."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    every = st.sampled_from([layer for layer in kinds(Layer) if issubclass(layer, Activation)])
    ends = {"probability": ["sigmoid" if "binary" in loss.tasks else "softmax"], "logit": ["identity", "tanh", "relu", "softplus"]}
    widths = [*draw(st.lists(st.integers(1, 5), min_size=2, max_size=4)), draw(st.integers(2, 3))]
    layers = []
    for number, (inputs, units) in enumerate(zip(widths, widths[1:], strict=False)):
        last = number == len(widths) - 2
        chosen = hidden if hidden and number == 0 else draw(every)
        name = draw(st.sampled_from(ends[loss.output])) if last and loss.output in ends else kind(chosen)
        own = numbers(chosen, draw) if name == kind(chosen) else {}
        layers.append(Dense(rng.normal(size=(inputs, units)).tolist(), rng.normal(size=units).tolist(), name, own))
    data = table(loss, inputs=widths[0], outputs=widths[-1], rows=draw(st.integers(1, 6)), seed=draw(st.integers(0, 2**32 - 1)))
    return Mlp(layers, kind(loss), numbers(loss, draw)), data["inputs"], data["targets"]


def session_of(mlp: Mlp, xs: Rows, ts: Rows, how: Descent) -> Session:
    """The same network as a session."""
    layers: list[dict[str, Any]] = []
    for layer in mlp.layers:
        init = {"kind": "explicit", "values": layer.weights}
        layers += [{"kind": "linear", "units": len(layer.biases), "init": init, "bias_init": {"kind": "explicit", "values": layer.biases}}]
        layers += [{"kind": layer.activation, **layer.numbers}]
    spec = {
        "batch_size": len(xs),
        "shuffle": False,
        "data": {"kind": "table", "inputs": xs, "targets": ts, "task": "regression"},
        "layers": layers,
        "loss": {"kind": mlp.loss, **mlp.loss_numbers},
        "optimizer": {"kind": how.rule, "learning_rate": how.rate, **how.numbers},
        "clip": {"kind": how.clip, "limit": how.limit} if how.clip else None,
        "l1": how.l1,
        "l2": how.l2,
    }
    return Session(SessionSpec.model_validate(spec))


def near(mine: Any, book: Any) -> bool:
    """Whether two tensors agree to 12 digits of the larger numbers in them; where terms of about 1 cancel, to what is left of 16."""
    a, b = np.asarray(mine), np.asarray(book)
    return bool(np.abs(a - b).max() <= 1e-12 * np.abs(b).max() + 1e-14)


def compare(mlp: Mlp, xs: Rows, ts: Rows, how: Descent) -> None:
    """Losses, every gradient and every parameter of three updates agree to 12 digits."""
    session = session_of(mlp, xs, ts, how)
    for update in range(UPDATES):
        loss, gradients = mlp.batch(xs, ts, how.l1, how.l2)
        session.run(Position(update + 1, 0))
        assert session.state()["loss"] == pytest.approx(loss, rel=1e-12, abs=1e-14)
        mlp.train(xs, ts, how)
        for number, ((weights, biases), layer) in enumerate(zip(gradients, mlp.layers, strict=True)):
            pairs = [(session.gradients(), weights, biases), (session.parameters(), layer.weights, layer.biases)]
            for mine, of_weights, of_biases in pairs:
                assert near(mine[f"{2 * number}.W"], of_weights) and near(mine[f"{2 * number}.b"], of_biases)


@pytest.mark.parametrize("layer", [layer for layer in kinds(Layer) if issubclass(layer, Activation)], ids=kind)
@settings(max_examples=15)
@given(data=st.data())
def test_every_activation_is_the_textbooks(layer: type[Layer], data: st.DataObject) -> None:
    loss = data.draw(st.sampled_from(kinds(Loss)))
    compare(*data.draw(networks(loss, layer)), Descent())  # type: ignore[arg-type]


@pytest.mark.parametrize("loss", kinds(Loss), ids=kind)
@settings(max_examples=20)
@given(data=st.data())
def test_every_loss_is_the_textbooks(loss: type[Loss], data: st.DataObject) -> None:
    compare(*data.draw(networks(loss)), Descent(rate=data.draw(st.floats(0.01, 0.5))))


@pytest.mark.parametrize("clip", [None, *kinds(Clip)], ids=lambda clip: kind(clip) if clip else "unclipped")
@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
@settings(max_examples=8)
@given(data=st.data())
def test_every_rule_of_descent_is_its_papers(optimizer: type[Optimizer], clip: type[Clip] | None, data: st.DataObject) -> None:
    """With and without a clip and penalties."""
    loss = data.draw(st.sampled_from(kinds(Loss)))
    penalties = {name: data.draw(st.sampled_from([0.0, 0.05])) for name in ("l1", "l2")}
    how = Descent(kind(optimizer), data.draw(st.floats(0.01, 0.2)), numbers(optimizer, data.draw), kind(clip) if clip else None, 0.2, **penalties)
    compare(*data.draw(networks(loss)), how)  # type: ignore[arg-type]


def test_the_textbook_has_everything() -> None:
    """A new component asks for its line in the textbook."""
    assert {kind(layer) for layer in kinds(Layer) if issubclass(layer, Activation)} == {*ACTIVATIONS, "softmax"}
    for family, book in ((Loss, LOSSES), (Optimizer, RULES), (Clip, CLIPS)):
        assert {kind(component) for component in kinds(family)} == set(book)


def test_the_worked_example() -> None:
    """The two inputs, two hidden units and two outputs that most learners meet, to every digit that is printed of them."""
    session = Session(SessionSpec.model_validate(WORKED_EXAMPLE))
    session.run(session.target_backward())
    assert round(session.state()["loss"], 9) == 0.298371109
    assert round(session.gradients()["2.W"][0][0], 9) == 0.082167041
    session.run(Position(1, 0))
    assert round(session.parameters()["2.W"][0][0], 8) == 0.35891648
    session.run(Position(1, session.program.ends["loss"]))
    assert round(session.state()["loss"], 9) == 0.291027774
    session.run(Position(10_000, 0))
    session.run(session.target_forward())
    assert f"{session.state()['loss']:.4e}" == "3.5102e-05"
    assert session.parameters()["0.b"] == [0.35, 0.35]
    assert session.parameters()["2.b"] == [0.6, 0.6]

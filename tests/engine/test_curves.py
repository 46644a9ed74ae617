"""Every layer that learns has a curve of its gradients' sizes, under the name that the page gives it, over all its weights."""

from typing import Any

import numpy as np
import pytest

from engine.curves import curves_of, named, sizes
from engine.position import Position
from engine.presets import presets
from engine.saved import from_bytes
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine import games
from tests.engine.networks import to_bytes

SPECS = {preset["name"]: preset["spec"] for preset in presets()}
BLOCK = ("attention.Wq", "attention.Wk", "attention.Wv", "attention.Wo", "mlp.W1", "mlp.W2")
LEARNING = {
    "copy_lstm": {"LSTM 0": ["0.W", "0.U"], "linear 1": ["1.W"]},
    "digits_cnn": {"convolution 1": ["1.W"], "convolution 4": ["4.W"], "linear 7": ["7.W"]},
    "reversal": {"embedding 0": ["0.W"], "positional encoding 1": ["1.P"], "transformer block 2": [f"2.{name}" for name in BLOCK], "linear 3": ["3.W"]},
}
SHARES = (0.1, 0.5, 0.9)


def after_one(spec: dict[str, Any]) -> Session:
    session = Session(SessionSpec.model_validate(spec))
    session.run(Position(1, 0))
    return session


def labels(session: Session) -> list[str]:
    return [layer["label"] for layer in session.metrics()["layers"]]


@pytest.mark.parametrize("name", LEARNING)
def test_a_ready_made_network_has_a_curve_for_each_layer_that_learns(name: str) -> None:
    session = Session(SessionSpec.model_validate({**SPECS[name], "batch_size": 4}))
    session.run(Position(1, 0), tap=())
    found, gradients = sizes(session), session.gradients_arena.views
    assert [named(session, curve) for curve in curves_of(session.network)] == list(LEARNING[name])
    for band, names in zip(found.values(), LEARNING[name].values(), strict=True):
        numbers = np.sort(np.abs(np.concatenate([gradients[each].ravel() for each in names])))
        assert band == tuple(float(numbers[round(share * (numbers.size - 1))]) for share in SHARES)


def test_each_player_s_layers_bear_its_name_and_each_parameter_of_a_formula_its_own() -> None:
    session = games.session()
    assert labels(session) == [
        f"{player}’s linear {layer}" for player, layer in (("discriminator", 0), ("discriminator", 2), ("generator", 3), ("generator", 5))
    ]
    assert labels(after_one(SPECS["formula"])) == ["w2", "w1", "b1", "b2"]


def test_a_layer_of_vectors_alone_counts_what_it_learns_and_not_what_it_remembers() -> None:
    spec = {"batch_size": 8, "data": {"kind": "moons", "rows": 20}, "layers": [{"kind": "batch_norm"}, {"kind": "linear", "units": 1}]}
    session = after_one({**spec, "loss": {"kind": "binary_cross_entropy_with_logits"}})
    assert [curve.names for curve in curves_of(session.network)] == [("0.gamma", "0.beta"), ("1.W",)]
    assert labels(session) == ["batch norm 0", "linear 1"]


def test_a_saved_session_keeps_its_curves_and_the_players_losses() -> None:
    session = games.session()
    session.run(Position(3, 0))
    back, _ = from_bytes(to_bytes(session), session.spec)
    assert back.metrics() == session.metrics()
    assert all(None not in player["loss"][1:] for player in back.metrics()["players"])

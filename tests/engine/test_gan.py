"""A GAN: two players over one parameter vector, their turns one after the other, right by three witnesses, and the same however one gets there."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError, SpecError
from engine.position import Position
from engine.saved import from_bytes
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.games import SPEC, session
from tests.engine.networks import arrays, to_bytes
from tests.oracles import game

GOLDEN = Path(__file__).parents[1] / "golden" / "gan.json"
D, G = ("0.W", "0.b", "2.W", "2.b"), ("3.W", "3.b", "5.W", "5.b")
LOSSES = pytest.mark.parametrize("loss", ["non_saturating", "saturating"])


def turn_ends(made: Session) -> list[int]:
    """How many instructions are done at the end of each turn's backward pass."""
    instructions = made.program.instructions
    return [max(i.index for i in instructions if i.turn == turn and i.phase == "backward") + 1 for turn in range(len(made.program.turns))]


@LOSSES
def test_the_gradients_are_those_worked_out_by_hand(loss: str) -> None:
    """Each player's loss and gradients, the generator's at the discriminator that has just learned, in the second update."""
    made = session(loss)
    made.run(Position(1, turn_ends(made)[0]))
    z, real = list(made.program.noise.views.values()), made.program.batch.views[0].tolist()
    weights = {name: view.tolist() for name, view in made.parameters_arena.views.items()}
    expected, found = game.discriminator(weights, real, z[0].tolist())
    assert made.state()["losses"]["discriminator"] == pytest.approx(expected, rel=1e-13)
    for name in D:
        np.testing.assert_allclose(made.gradients_arena.views[name], found[name], rtol=1e-11, atol=1e-15)
    made.run(Position(1, turn_ends(made)[1]))
    weights = {name: view.tolist() for name, view in made.parameters_arena.views.items()}
    expected, found = game.generator(weights, z[1].tolist(), saturating=loss == "saturating")
    assert made.state()["losses"]["generator"] == pytest.approx(expected, rel=1e-13)
    for name in G:
        np.testing.assert_allclose(made.gradients_arena.views[name], found[name], rtol=1e-11, atol=1e-15)


@LOSSES
def test_an_update_is_pytorchs(loss: str) -> None:
    """Both players' losses and gradients, and every parameter after one update with Adam, against PyTorch 2.13 in float64."""
    golden, made = json.loads(GOLDEN.read_text("utf-8"))[loss], session(loss)
    for name, values in golden["start"].items():
        np.testing.assert_allclose(made.parameters_arena.views[name], values, rtol=1e-15)
    made.run(Position(1, 0))
    assert made.state()["losses"] == pytest.approx(golden["losses"], rel=1e-12)
    for name, values in golden["gradients"].items():
        np.testing.assert_allclose(made.gradients_arena.views[name], values, rtol=1e-10, atol=1e-15)
    for name, values in golden["after"].items():
        np.testing.assert_allclose(made.parameters_arena.views[name], values, rtol=1e-10)


@pytest.mark.parametrize("task", [{}, {"d_updates": 2, "g_updates": 2}, {"train": "generator"}, {"train": "discriminator"}], ids=str)
def test_the_gradients_are_those_measured(task: dict[str, Any]) -> None:
    """Central differences through the player's own turn, at the parameters that it was met with, also in the middle of an update."""
    made = session(**task)
    made.run(Position(2, 0))
    verdict = made.check_all()
    learning = (D if task.get("train") != "generator" else ()) + (G if task.get("train") != "discriminator" else ())
    assert verdict["ok"] and {tensor["name"] for tensor in verdict["tensors"]} == set(learning)
    made.run(Position(2, len(made.program.instructions) - 1))
    assert made.check_all()["ok"]


def test_what_is_explained_is_of_the_players_own_loss() -> None:
    """The ladder ends at the gradient, the check agrees, and the examples add up, for a weight of each player; the generator's goes through both."""
    made = session()
    made.run(Position(3, 0))
    for name in ("0.W[1,2]", "3.W[0,1]"):
        found = made.explain(f"parameter:{name}", None)
        assert found["check"]["agrees"] and found["batch"]["agrees"]
        assert found["ladder"][-1]["total"]["value"] == found["gradient"]
        for rung in found["ladder"]:
            rest = rung["folded"]["sum"] if rung["folded"] else 0.0
            assert sum(row["product"] for row in rung["rows"]) + rest == pytest.approx(rung["total"]["value"], rel=1e-10)
        assert made.paths(f"parameter:{name}")["sum"] == pytest.approx(found["gradient"], rel=1e-9)
    titles = [rung["title"] for rung in found["ladder"]]
    assert any("discriminator" in title for title in titles) and "generator" in titles[-1]


def test_the_discriminator_stands_still_in_the_generators_turn() -> None:
    made = session()
    first = turn_ends(made)[0]
    made.run(Position(1, first))
    made.run(made.target("pass", 1))
    weights = {name: made.parameters_arena.views[name].copy() for name in D}
    gradients = {name: made.gradients_arena.views[name].copy() for name in D}
    made.run(Position(2, 0))
    for name in D:
        np.testing.assert_array_equal(made.parameters_arena.views[name], weights[name])
        np.testing.assert_array_equal(made.gradients_arena.views[name], gradients[name])


def test_the_loss_is_of_the_turn_that_is_on() -> None:
    """Named, and nothing before it has been worked out; at the end of an update it is the last turn's."""
    made, seen = session(), {}
    assert made.state()["loss"] is None
    while made.position < Position(1, 0):
        made.run(made.target("pass", 1))
        state = made.state()
        seen[state["turn"]["name"], state["phase"]] = state["loss"]
    assert seen["discriminator", "forward"] is seen["generator", "forward"] is None
    losses = made.state()["losses"]
    for name in ("discriminator", "generator"):
        assert seen[name, "loss"] == seen[name, "backward"] == losses[name]
    assert made.state()["loss"] == losses["generator"] != losses["discriminator"]


@pytest.mark.parametrize(("train", "moves"), [("generator", G), ("discriminator", D)])
def test_one_player_can_be_trained_alone(train: str, moves: tuple[str, ...]) -> None:
    made = session(train=train)
    before = {name: view.copy() for name, view in made.parameters_arena.views.items()}
    made.run(Position(3, 0))
    assert {name for name, view in made.parameters_arena.views.items() if not np.array_equal(view, before[name])} == set(moves)
    assert all(value is not None for value in made.state()["losses"].values())


def test_the_saturating_loss_is_flat_where_the_discriminator_is_sure() -> None:
    """With D(G(z)) near 0 the generator's gradient is D / (1 − D) times the non-saturating one's: so much smaller."""
    sizes = {}
    for loss in ("non_saturating", "saturating"):
        made = session(loss)
        made.edit({"2.b": [-6.0]})
        made.run(Position(1, 0))
        sizes[loss] = float(np.abs(made.gradients_arena.views["5.W"]).max())
    assert sizes["saturating"] < 0.02 * sizes["non_saturating"]


def test_stepping_is_running_and_going_back_is_exact() -> None:
    task = {"d_updates": 2}
    stepped, whole = session(**task), session(**task)
    whole.run(Position(4, 0))
    while stepped.position < Position(4, 0):
        stepped.run(stepped.target("op", 1))
    for mine, other in zip(arrays(stepped), arrays(whole), strict=True):
        np.testing.assert_array_equal(mine, other)
    before = [array.copy() for array in arrays(stepped)]
    stepped.seek(Position(1, 25))
    stepped.seek(Position(4, 0))
    for mine, other in zip(arrays(stepped), before, strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_pass_ends_with_each_phase_of_each_turn() -> None:
    made, phases = session(), []
    while made.position < Position(1, 0):
        made.run(made.target("pass", 1))
        last = made.program.instructions[made.position.instruction - 1]
        phases.append((made.program.turns[last.turn].name, last.phase))
    assert phases == [(name, phase) for name in ("discriminator", "generator") for phase in ("forward", "loss", "backward", "update")]
    made.run(Position(1, 3))
    assert made.state()["sentence"].startswith("Update 1 · discriminator, forward, op 3 of")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"layers": [{"kind": "linear", "units": 2}]}, "it has one to say: real or not"),
        ({"layers": [{"kind": "linear", "units": 1}, {"kind": "sigmoid"}]}, "applies its own sigmoid"),
        ({"task": {"kind": "gan", "generator": [{"kind": "linear", "units": 3}]}}, "an example has"),
        ({"bug": {"kind": "wrong_sign"}}, "two players learn from each other"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_game_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        Session(SessionSpec.model_validate({**SPEC, **changes}))


def test_what_speaks_of_one_loss_is_refused_in_words() -> None:
    made = session()
    made.run(Position(1, 0))
    for ask in (lambda: made.code("numpy"), made.noise, made.worksheet, lambda: made.export("npz", "update")):
        with pytest.raises(EngineError, match="each player has its own"):
            ask()
    assert "neither gradient can promise" in made.delivery()["sentence"]


def test_a_game_is_saved_and_brought_back() -> None:
    made = session(d_updates=2)
    made.run(Position(2, 7))
    back, exact = from_bytes(to_bytes(made), made.spec)
    assert exact
    for each in (made, back):
        each.run(Position(4, 0))
    for mine, other in zip(arrays(back), arrays(made), strict=True):
        np.testing.assert_array_equal(mine, other)

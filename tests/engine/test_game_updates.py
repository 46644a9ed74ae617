"""An update laid open in a game: a weight's lines are those of its player's turn, worked out by hand, wherever one stands; each player counts for itself."""

from collections.abc import Callable
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest

from engine.position import Position
from engine.rivals import GIVEN
from engine.saved import from_bytes
from engine.scene import CHANGED, FORGOTTEN
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.games import SPEC
from tests.engine.networks import bits, linear, to_bytes

RATE, LIMIT = 0.05, 0.2
D, G = "0.W[1,2]", "3.W[0,1]"
WEIGHTS = {"discriminator": D, "generator": G}
Memory = dict[str, float]
Told = dict[str, Any]


def game(optimizer: str = "adam", clip: str | None = None, **task: Any) -> Session:
    rule = {"kind": optimizer, "learning_rate": RATE}
    return Session(SessionSpec.model_validate({**SPEC, "optimizer": rule, "clip": clip and {"kind": clip, "limit": LIMIT}, "task": {**SPEC["task"], **task}}))


def sgd(w: float, g: float, memory: Memory) -> Memory:
    return {"w": w - RATE * g}


def momentum(w: float, g: float, memory: Memory) -> Memory:
    velocity = 0.9 * memory.get("velocity", 0.0) + g
    return {"velocity": velocity, "w": w - RATE * velocity}


def adam(w: float, g: float, memory: Memory) -> Memory:
    m = 0.9 * memory.get("m", 0.0) + (1 - 0.9) * g
    v = 0.999 * memory.get("v", 0.0) + (1 - 0.999) * (g * g)
    power1, power2 = memory.get("power1", 1.0) * 0.9, memory.get("power2", 1.0) * 0.999
    m_hat, v_hat = m / (1 - power1), v / (1 - power2)
    return {"m": m, "v": v, "power1": power1, "power2": power2, "m_hat": m_hat, "v_hat": v_hat, "w": w - RATE * m_hat / (sqrt(v_hat) + 1e-8)}


RULES: dict[str, Callable[[float, float, Memory], Memory]] = {"sgd": sgd, "momentum": momentum, "adam": adam}


def clipped(clip: str | None, g: float, whole: Any) -> Memory:
    """The gradient as it is applied: bounded by the length of its player's own gradient, or by itself."""
    if clip == "norm":
        return {"applied": g * min(1.0, LIMIT / (sqrt(float(whole @ whole)) + 0.000001))}
    return {"applied": max(min(g, LIMIT), -LIMIT)} if clip else {}


def number(arena: Any, name: str) -> float:
    base, index = name.rstrip("]").split("[")
    return float(arena.views[base][tuple(map(int, index.split(",")))])


def lines(told: Told, *, ran: bool = False) -> dict[str, float]:
    return {line["target"]: line["value"] for line in told["lines"] if line["ran"] or not ran}


def indices(made: Session, turn: int, phase: str) -> list[int]:
    return [i.index for i in made.program.instructions if i.turn == turn and i.phase == phase]


def after(made: Session, index: int) -> Position:
    """Where an instruction of the present update is done."""
    update = made.shown_update if made.position.instruction else made.position.update
    return Position(update, index + 1) if index + 1 < len(made.program.instructions) else Position(update + 1, 0)


@pytest.mark.parametrize(("optimizer", "clip", "turns"), list(product(RULES, (None, "norm", "value"), ((1, 1), (2, 2)))), ids=str)
def test_what_is_told_is_what_the_turn_does(optimizer: str, clip: str | None, turns: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Line by line and to the last bit: foretold, in the midst of the lines, after them, in the other's turn and at the end of the update."""
    monkeypatch.setattr("engine.anatomy.rivals", lambda *_: None)
    made = game(optimizer, clip, d_updates=turns[0], g_updates=turns[1])
    memory: dict[str, Memory] = {D: {}, G: {}}
    last: dict[str, tuple[Memory, Told]] = {}
    for update, (turn, own) in product(range(2), list(enumerate(made.program.turns))):
        name, other = WEIGHTS[own.name], G if own.player == 0 else D
        place: dict[str, Any] = {"name": own.name, "number": turn + 1 - own.player * turns[0], "of": turns[own.player]}
        made.run(after(made, indices(made, turn, "forward")[0]))
        told = made.anatomy(name)
        assert (told["when"], told["update"], told["turn"], told["step"]) == ("unknown", update, place, None)
        made.run(after(made, indices(made, turn, "backward")[-1]))
        w, g = number(made.parameters_arena, name), number(made.gradients_arena, name)
        whole = np.concatenate([made.gradients_arena.views[each].ravel() for each in made.network.shapes if each in (own.owns or ())])
        expected = clipped(clip, g, whole)
        expected |= RULES[optimizer](w, expected.get("applied", g), memory[name])
        memory[name] = expected
        ran, phase = 0, indices(made, turn, "update")
        for index in (None, *phase):
            if index is not None:
                made.run(after(made, index))
                ran += 1
            told = made.anatomy(name)
            assert lines(told) == expected
            assert told["when"] == ("ahead" if not ran else "done" if ran == len(phase) else "under way")
            assert [line["instruction"] for line in told["lines"] if not line["part"]] == phase
            assert sum(line["ran"] for line in told["lines"] if not line["part"]) == ran
            assert (told["gradient"], told["applied"], told["before"], told["after"]) == (g, expected.get("applied", g), w, expected["w"])
            assert (told["step"], told["effective"], told["rate"]["value"]) == (expected["w"] - w, -(expected["w"] - w) / g, RATE)
            assert (told["update"], told["turn"], told["frozen"]) == (update, place, False)
            assert f"in the {own.name}’s turn" in told["sentence"] and (f"{place['number']} of {place['of']}" in told["sentence"]) == (place["of"] > 1)
        assert number(made.parameters_arena, name) == expected["w"]
        last[name] = expected, told
        beside = made.anatomy(other)
        if own.player:
            assert beside == last[D][1] and lines(beside) == last[D][0]
        else:
            assert (beside["when"], beside["turn"]["number"], beside["update"], lines(beside, ran=True)) == ("unknown", 1, update, {})


def test_the_same_is_told_on_coming_back() -> None:
    """After stepping back to any place, after a free run there and from a saved session; telling moves nothing."""
    made, free = game(clip="norm", d_updates=2), game(clip="norm", d_updates=2)
    made.run(Position(1, 0))
    free.run(Position(2, 0))
    told = {}
    while made.position < Position(2, 0):
        made.run(made.target("pass", 3))
        told[made.position] = [made.anatomy(name) for name in (D, G)]
    back, _ = from_bytes(to_bytes(made), made.spec)
    for each in (made, free, back):
        for position in list(told)[::-2]:
            each.seek(position)
            state = bits(each), each.position
            assert [each.anatomy(name) for name in (D, G)] == told[position]
            assert (bits(each), each.position) == state


def test_a_change_after_its_turn_leaves_the_update_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set in the other's turn, and after the update, is no part of the step; before the lines of a turn it is where they begin."""
    monkeypatch.setattr("engine.anatomy.rivals", lambda *_: None)
    for change in ({"learning_rate": 0.5}, {"optimizer": {"kind": "sgd"}}, None):
        made = game(d_updates=2)
        made.run(after(made, indices(made, 2, "backward")[0]))
        before = made.anatomy(D)
        made.edit({D: 5.0, G: 4.0})
        assert made.anatomy(D) == before
        made.run(after(made, indices(made, 2, "backward")[-1]))
        assert made.anatomy(G)["before"] == 4.0
        made.run(Position(1, 0))
        ended = made.anatomy(G)
        assert (ended["when"], ended["before"], ended["after"]) == ("done", 4.0, number(made.parameters_arena, G))
        made.configure(change) if change else made.edit({G: 1.0})
        assert [lines(made.anatomy(name)) for name in (D, G)] == [lines(before), lines(ended)]
        made.run(after(made, indices(made, 0, "backward")[-1]))
        assert made.anatomy(D)["before"] == 5.0


def test_a_change_in_the_midst_of_its_lines_is_not_smoothed_over() -> None:
    made = game()
    made.run(after(made, indices(made, 1, "update")[1]))
    made.edit({G: 5.0})
    for _ in range(2):
        told = made.anatomy(G)
        assert (told["when"], told["sentence"], told["lines"], told["turn"]["name"]) == ("refused", CHANGED, [], "generator")
        assert made.anatomy(D)["when"] == "done"
        made.run(Position(1, 0))


def test_what_is_too_far_is_not_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    made = game()
    made.run(after(made, indices(made, 1, "forward")[0]))
    made.edit({D: 5.0})
    monkeypatch.setattr("engine.twin.MOST_UPDATES", 0)
    assert made.anatomy(D)["sentence"] == FORGOTTEN
    assert made.anatomy(G)["when"] == "unknown"


@pytest.mark.parametrize("train", ["generator", "discriminator"])
def test_who_is_not_trained_stands_still(train: str) -> None:
    """It says so at every place, and the other one's update is told with its own counters."""
    made = game(train=train)
    still = next(name for name in WEIGHTS if name != train)
    while made.position < Position(2, 0):
        made.run(made.target("pass", 1))
        told = made.anatomy(WEIGHTS[still])
        assert told["frozen"] and (told["when"], told["lines"], told["rivals"]) == ("still", [], None)
        assert told["sentence"] == f"It stands still. No weights move in the {still}’s turn: it plays on as it is, and its loss is worked out to be seen."
        assert not made.anatomy(WEIGHTS[train])["frozen"]
    assert made.anatomy(WEIGHTS[train])["rivals"]["given"] == 2
    assert lines(made.anatomy(WEIGHTS[train]))["power1"] == 0.9 * 0.9


def test_a_frozen_bias_of_a_player_says_so() -> None:
    layers = [linear(4, train=["W"]), *SPEC["layers"][1:]]
    made = Session(SessionSpec.model_validate({**SPEC, "layers": layers}))
    made.run(Position(2, 0))
    told = made.anatomy("0.b[1]")
    assert told["frozen"] and told["step"] == 0 and told["gradient"] and "It is frozen" in told["sentence"]
    assert not made.anatomy(D)["frozen"]


@pytest.mark.parametrize("turns", [(1, 1), (2, 1), (1, 3)], ids=str)
def test_every_optimiser_is_given_the_gradients_of_its_turns(turns: tuple[int, int]) -> None:
    """The run's own rule, given all of a player's turns since the beginning, takes the run's own path bit for bit, also in the midst of an update."""
    made = game("momentum", "value", d_updates=turns[0], g_updates=turns[1])
    way: dict[str, list[float]] = {name: [number(made.parameters_arena, name)] for name in (D, G)}
    while made.position < Position(2, 0):
        made.run(made.target("pass", 1))
        turn = made.program.turns[made.program.instructions[made.position.instruction - 1].turn]
        name = WEIGHTS[turn.name]
        phase = made.state()["phase"]
        if phase == "update":
            way[name].append(number(made.parameters_arena, name))
        if phase == "forward":
            continue
        found, given = made.anatomy(name)["rivals"], len(way[name]) - (phase != "backward")
        if given == 0:
            assert found is None
            continue
        own = next(row for row in found["rows"] if row["own"])
        assert found["given"] == given
        assert found["actual"] == [w - way[name][0] for w in way[name]] == own["path"][: len(way[name])]
        assert found["unit"] == ("turn" if turns[turn.player] > 1 else "update")


def test_the_last_gradients_are_given_where_there_are_more() -> None:
    made = game(d_updates=5)
    made.run(Position(GIVEN // 5 + 1, 0))
    for turn in (None, 1):
        if turn is not None:
            made.run(after(made, indices(made, turn, "update")[-1]))
        found = made.anatomy(D)["rivals"]
        assert found["given"] == GIVEN + (turn is not None) == len(found["actual"]) - 1

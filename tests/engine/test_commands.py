"""Commands: parameters set by hand and settings changed while a session runs. A refused one changes nothing."""

from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.errors import EngineError
from engine.optimizers import Optimizer
from engine.position import Position
from engine.schedules import Schedule
from engine.session import Session
from tests.engine.networks import bits, kind, make, trained


def test_seeking_passes_edits_and_changes_of_settings() -> None:
    """The past is replayed with every edit made and every setting changed where it was changed."""
    session = Session(make(optimizer={"kind": "adam", "learning_rate": 0.05}))
    session.snapshots.most = 7
    commands: dict[Position, list[Any]] = {
        Position(1, 3): [{"0.W[1,2]": 2.0}],
        Position(2, 0): [{"learning_rate": 0.3}, {"l2": 0.1}],
        Position(4, 0): [{"optimizer": {"kind": "momentum"}}, {"2.b": [1.0, -1.0]}],
        Position(4, 5): [{"learning_rate": 0.01}],
        Position(6, 0): [{"clip": {"kind": "norm", "limit": 0.1}}],
    }
    seen = {}
    while session.position < (9, 0):
        for changes in commands.get(session.position, ()):
            (session.edit if "." in next(iter(changes)) else session.configure)(changes)
        seen[session.position] = bits(session), session.settings
        session.run(session.target("op", 1))
    places = sorted(seen)
    for place in np.random.default_rng(2).choice(len(places), 60):
        if places[place].instruction < session.instruction_count:
            session.seek(Position(places[place].update, 0))
            session.seek(places[place])
            assert (bits(session), session.settings) == seen[places[place]], places[place]


def test_a_command_in_the_past_replaces_the_future() -> None:
    session, other = trained(make(), 6), trained(make(), 3)
    session.seek(Position(3, 0))
    for each in (session, other):
        each.edit({"0.W[0,0]": 1.5})
        each.run(Position(6, 0))
    assert bits(session) == bits(other)
    assert session.metrics()["updates"] == other.metrics()["updates"]


@pytest.mark.parametrize(
    "changes",
    [
        {"0.W[0,0]": 1.0, "9.W": [[1.0]]},
        {"0.W[0,0]": 1.0, "0.W[9,9]": 1.0},
        {"0.W[0,0]": 1.0, "2.b": [1.0]},
        {"0.W[0,0]": 1.0, "2.b": [1.0, float("nan")]},
        {"0.W[0,0]": 1.0, "2.b[0]": float("inf")},
        {"0.W[0,0]": 1.0, "2.W": "abc"},
        {"0.W[0,0]": 1.0, "2.W": [[1.0], [2.0, 3.0]]},
        {"0.W[0,0]": 1.0, "0.W[-1,0]": 1.0},
    ],
    ids=str,
)
def test_a_refused_edit_changes_nothing(changes: dict[str, Any]) -> None:
    session = trained(make(), 2)
    before = bits(session)
    with pytest.raises(EngineError):
        session.edit(changes)
    assert bits(session) == before


@pytest.mark.parametrize("changes", [{"seed": 3}, {"learning_rate": -1}, {"optimizer": {"kind": "none"}}, {"l2": float("nan")}, {"clip": 3}], ids=str)
def test_a_refused_setting_changes_nothing(changes: dict[str, Any]) -> None:
    session = trained(make(), 2)
    before, settings = bits(session), session.settings
    with pytest.raises(EngineError):
        session.configure(changes)
    assert (bits(session), session.settings) == (before, settings)


def test_an_edit_sets_what_it_names() -> None:
    session = Session(make())
    session.edit({"0.W[1,2]": 9.0, "2.b": [3.0, 4.0]})
    assert session.parameters()["0.W"][1][2] == 9.0
    assert session.parameters()["2.b"] == [3.0, 4.0]


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_a_learning_rate_changes_in_place(optimizer: type[Optimizer]) -> None:
    """A new rate needs no new program, and from the start is the same as a spec with that rate."""
    session, other = (Session(make(optimizer={"kind": kind(optimizer), "learning_rate": rate})) for rate in (0.01, 0.04))
    session.configure({"learning_rate": 0.04})
    assert session.revision == other.revision
    assert session.spec == other.spec
    for each in (session, other):
        each.run(Position(5, 0))
    assert bits(session) == bits(other)


@pytest.mark.parametrize("schedule", kinds(Schedule), ids=kind)
def test_a_schedule_can_replace_a_rate(schedule: type[Schedule]) -> None:
    rates = {"kind": kind(schedule)}
    session, other = Session(make()), Session(make(optimizer={"kind": "sgd", "learning_rate": rates}))
    session.configure({"learning_rate": rates})
    for each in (session, other):
        each.run(Position(7, 0))
    assert bits(session) == bits(other)


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_a_new_optimizer_begins_without_memory(optimizer: type[Optimizer]) -> None:
    """Another optimiser starts with empty slots; the same one with other numbers keeps them."""
    session = trained(make(optimizer={"kind": kind(optimizer), "learning_rate": 0.02}), 3)
    slots = session.update.slots.flat.copy()
    session.configure({"optimizer": {"kind": kind(optimizer), "learning_rate": 0.03}})
    assert np.array_equal(session.update.slots.flat, slots)
    other = next(each for each in kinds(Optimizer) if each is not optimizer and issubclass(each, Optimizer) and each.slots)
    session.configure({"optimizer": {"kind": kind(other), "learning_rate": 0.02}})
    assert not session.update.slots.flat.any()
    assert (session.update.counters.flat == 1).all()


def test_a_change_of_instructions_waits_for_the_update_to_end() -> None:
    session = Session(make())
    session.run(Position(2, 4))
    session.configure({"l2": 0.5})
    assert session.position == (3, 0)
    assert np.array_equal(session.parameters_arena.flat, trained(make(), 3).parameters_arena.flat)
    assert session.spec.l2 == 0.5


@pytest.mark.parametrize("changes", [{"l2": 0.5}, {"l1": 0.1}, {"clip": {"kind": "norm", "limit": 0.1}}, {"optimizer": {"kind": "adam"}}], ids=str)
def test_gradients_are_true_right_after_a_change_of_settings(changes: dict[str, Any]) -> None:
    """What is shown after an update belongs to the objective that it was computed from."""
    session = trained(make(), 3)
    session.configure(changes)
    assert session.check_all()["ok"]

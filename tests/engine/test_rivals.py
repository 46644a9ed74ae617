"""The same gradients given to every optimiser: each path is its rule's own, and the run's own rule, given all that it was given, is the run."""

from typing import Any

import numpy as np
import pytest

from engine import twin
from engine.clips import Clip
from engine.component import kinds
from engine.optimizers import Optimizer
from engine.position import Position
from engine.rivals import GIVEN
from engine.session import Session
from tests.engine.networks import bits, kind, make, trained
from tests.oracles.descent import RULES

NAME = "0.W[1,2]"


def recorded(spec: Any, updates: int) -> tuple[list[float], list[float]]:
    """The applied gradients of some updates of one weight, and the weight before and after each, noted while stepping."""
    session = Session(spec)
    gradients, weights = [], [float(session.parameters_arena.views["0.W"][1, 2])]
    start = session.parameters_arena.spans["0.W"][0]
    for update in range(updates):
        session.run(Position(update + 1, 0))
        gradients.append(float(session.update.applied[start + 6]))
        weights.append(float(session.parameters_arena.views["0.W"][1, 2]))
    return gradients, weights


@pytest.mark.parametrize("clip", [None, *kinds(Clip)], ids=lambda clip: clip and kind(clip))
@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_the_runs_own_rule_is_the_run(optimizer: type[Optimizer], clip: type[Clip] | None) -> None:
    """Given every gradient since the beginning, the run's own optimiser takes the run's own path, bit for bit."""
    spec = make(optimizer={"kind": kind(optimizer), "learning_rate": 0.02}, clip=clip and {"kind": kind(clip), "limit": 0.2})
    for updates in (1, 2, 45):
        found = trained(spec, updates).anatomy(NAME)["rivals"]
        own = next(row for row in found["rows"] if row["own"])
        assert own["kind"] == kind(optimizer) and found["given"] == updates
        assert own["path"] == found["actual"]
        gradients, weights = recorded(spec, updates)
        assert found["actual"] == [weight - weights[0] for weight in weights]
        assert (found["gradient"], found["start"]) == (gradients[-1], weights[0])


@pytest.mark.parametrize("updates", [1, 7, 90])
def test_every_path_is_its_papers(updates: int) -> None:
    """Recorded gradients, and one repeated, worked through by plain arithmetic from where the weight stood."""
    spec = make(optimizer={"kind": "momentum", "learning_rate": 0.05})
    found = trained(spec, updates).anatomy(NAME)["rivals"]
    gradients, weights = recorded(spec, updates)
    given = gradients[-GIVEN:]
    start = weights[-len(given) - 1]
    assert [row["kind"] for row in found["rows"]] == [kind(optimizer) for optimizer in kinds(Optimizer)]
    for row in found["rows"]:
        for name, fed in (("path", given), ("repeated", [given[-1]] * GIVEN)):
            memory: dict[str, float] = {}
            path = [start]
            for gradient in fed:
                path.append(RULES[row["kind"]](path[-1], gradient, 0.05, memory)["w"])
            assert row[name] == pytest.approx([weight - start for weight in path], rel=1e-9, abs=1e-12)
        assert row["step"] == row["path"][-1] - row["path"][-2]
    assert f"last {len(given)} gradients" in found["sentence"] or updates == 1


def test_a_gradient_counts_once_it_is_known() -> None:
    """In the midst of an update the past alone is given until this weight's gradient is there."""
    session = Session(make())
    assert session.anatomy(NAME)["rivals"] is None
    session.run(Position(0, 2))
    assert session.anatomy(NAME)["rivals"] is None
    session.run(Position(0, session.program.ends["backward"]))
    assert session.anatomy(NAME)["rivals"]["given"] == 1
    for update in (4, 70):
        session.run(Position(update, 0))
        given = session.anatomy(NAME)["rivals"]
        assert given["given"] == min(update, GIVEN)
        session.run(Position(update, 2))
        assert session.anatomy(NAME)["rivals"] == given
        session.run(Position(update, session.program.ends["backward"]))
        before = session.anatomy(NAME)
        assert before["rivals"]["given"] == min(update, GIVEN) + 1
        assert before["rivals"]["gradient"] == before["applied"]
        assert len(before["rivals"]["actual"]) == before["rivals"]["given"]


def test_what_is_too_far_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a replay would be too long, fewer gradients are given, and their number is said."""
    monkeypatch.setattr(twin, "MOST_UPDATES", 10)
    session = trained(make(), 40)
    state = bits(session), session.position
    found = session.anatomy(NAME)["rivals"]
    assert 1 <= found["given"] <= 10 and f"the last {found['given']} gradients" in found["sentence"]
    assert (bits(session), session.position) == state


def test_a_schedule_gives_the_rate_of_its_update() -> None:
    session = trained(make(optimizer={"kind": "adam", "learning_rate": {"kind": "exponential", "rate": 0.5, "factor": 0.5}}), 3)
    found = session.anatomy(NAME)["rivals"]
    assert found["rate"] == 0.125
    sgd = next(row for row in found["rows"] if row["kind"] == "sgd")
    assert sgd["repeated"] == pytest.approx([-0.125 * found["gradient"] * count for count in range(GIVEN + 1)])
    assert all(np.isfinite(row["path"]).all() for row in found["rows"])

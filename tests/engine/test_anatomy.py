"""An optimiser laid open: what is told of a weight is what the program writes, at any position, and nothing untrue is told where that is not to be had."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from engine import twin
from engine.clips import Clip
from engine.component import kinds
from engine.errors import UnknownName
from engine.optimizers import Optimizer
from engine.position import Position
from engine.scene import CHANGED, FORGOTTEN, written
from engine.schedules import Schedule
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, kind, linear, make, step, trained, ways_to_train
from tests.oracles.descent import RULES

PLACES = ("0.W[1,2]", "0.b[0]", "2.W[3,1]")
Lines = list[dict[str, Any]]


def combinations() -> Iterator[Any]:
    """Every optimiser with every clip, and with none, under every schedule and under a steady rate."""
    rates: list[Any] = [0.02, *({"kind": kind(schedule)} for schedule in kinds(Schedule))]
    for number, (optimizer, clip) in enumerate(product(kinds(Optimizer), [None, *kinds(Clip)])):
        changes = {"clip": clip and {"kind": kind(clip), "limit": 0.3}, "optimizer": {"kind": kind(optimizer), "learning_rate": rates[number % len(rates)]}}
        yield pytest.param(make(**changes), id=f"{kind(optimizer)}-{clip and kind(clip)}-{number % len(rates)}")
    yield from (way for way in ways_to_train() if not (way.values[0].bug and way.values[0].bug.early))


def singles(spec: SessionSpec) -> list[str]:
    """Three single numbers of a network's parameters, weights and biases among them."""
    views = Session(spec).parameters_arena.views
    return [f"{name}[{','.join(str(size - 1) for size in views[name].shape)}]" for name in [*views][:2] + [*views][-1:]]


def place(session: Session, name: str) -> int:
    """Where a single number stands in the flat vector."""
    base, index = name.rstrip("]").split("[")
    view = session.parameters_arena.views[base]
    return session.parameters_arena.spans[base][0] + int(np.ravel_multi_index(tuple(map(int, index.split(","))), view.shape))


def values(lines: Lines) -> dict[str, float]:
    return {line["target"]: line["value"] for line in lines}


def observed(session: Session, name: str) -> dict[str, float]:
    """Step through the update phase and note what each line writes, as it writes it."""
    found = {}
    for line in session.update.lines:
        session.run(session.target("op", 1))
        found[line.target] = written(session.update, line.target, place(session, name))
    if session.position.instruction:
        session.run(Position(session.position.update + 1, 0))
    return found


def close(told: dict[str, float], seen: dict[str, float], dtype: str) -> bool:
    """Bit for bit in float64; to the last places in float32, where the told ones are evaluated in float64."""
    return all(told[name] == value if dtype == "float64" else told[name] == pytest.approx(value, rel=2e-5, abs=1e-7) for name, value in seen.items())


@pytest.mark.parametrize("spec", list(combinations()))
def test_what_is_told_is_what_is_written(spec: SessionSpec) -> None:
    """The lines foretold before the update phase, told in its midst and told after it are those that the program writes; nothing is moved by telling."""
    for name, update in zip(singles(spec), (0, 1, 5), strict=True):
        session = trained(spec, update)
        first = session.program.ends["backward"]
        session.run(Position(update, first))
        opening = session.anatomy(name)
        before = float(session.parameters_arena.flat[place(session, name)])
        after = observed(session, name)
        assert session.position == (update + 1, 0)
        assert opening["when"] == "ahead" and close(values(opening["lines"]), after, spec.dtype)
        for ran in range(1, len(session.update.lines) + 1):
            session.seek(Position(update, first + ran) if ran < len(session.update.lines) else Position(update + 1, 0))
            state = bits(session), session.position, len(session.snapshots._kept)
            told = session.anatomy(name)
            assert (bits(session), session.position, len(session.snapshots._kept)) == state
            assert told["when"] == ("done" if ran == len(session.update.lines) else "under way")
            own = [line for line in told["lines"] if not line["part"]]
            assert [line["ran"] for line in own] == [number < ran for number in range(len(own))]
            assert [line["instruction"] for line in own] == list(range(first, first + len(own)))
            assert close({line["target"]: line["value"] for line in own}, after, spec.dtype)
            assert all(line["value"] == after[line["target"]] for line in own if line["ran"])
            assert told["update"] == update
            assert (told["before"], told["after"]) == (before, told["lines"][-1]["value"])
            assert told["step"] == told["after"] - told["before"]
            assert told["gradient"] == float(session.gradients_arena.flat[place(session, name)])
            assert told["effective"] is None or told["effective"] * told["gradient"] == pytest.approx(-told["step"], rel=1e-12)


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_running_freely_leaves_it_to_be_told(optimizer: type[Optimizer]) -> None:
    """After a run that kept few snapshots the last update is told as if each op had been watched, also where something was changed since."""
    spec = make(optimizer={"kind": kind(optimizer), "learning_rate": 0.02}, clip={"kind": "norm", "limit": 0.5})
    ran, watched = Session(spec), trained(spec, 100)
    ran.snapshots.most = 3
    ran.run(Position(101, 0), tap=())
    watched.run(Position(100, watched.program.ends["backward"]))
    seen = observed(watched, PLACES[0])
    for _ in range(2):
        assert {line["target"]: line["value"] for line in ran.anatomy(PLACES[0])["lines"] if not line["part"]} == seen
        ran.configure({"learning_rate": 0.5})


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_the_lines_are_the_papers(optimizer: type[Optimizer]) -> None:
    """Over three updates of one weight, every number told, the parts too, is what the paper's rule gives by plain arithmetic."""
    targets = [0.5, -1.5, 2.0]
    spec = make(
        batch_size=1, shuffle=False,
        data={"kind": "table", "inputs": [[1.0]] * 3, "targets": [[target] for target in targets], "task": "regression"},
        layers=[{"kind": "linear", "units": 1, "bias": False, "init": {"kind": "explicit", "values": [[1.0]]}}],
        loss={"kind": "halved_squared_error"}, optimizer={"kind": kind(optimizer), "learning_rate": 0.1},
    )  # fmt: skip
    session = Session(spec)
    memory: dict[str, float] = {}
    w = 1.0
    for update, target in enumerate(targets):
        expected = RULES[kind(optimizer)](w, w - target, 0.1, memory)
        session.run(Position(update, session.program.ends["backward"]))
        for _ in range(2):
            told = session.anatomy("0.W[0,0]")
            assert values(told["lines"]) == pytest.approx(expected, rel=1e-12)
            assert told["gradient"] == told["applied"] == pytest.approx(w - target, rel=1e-12)
            assert told["effective"] == pytest.approx((w - expected["w"]) / (w - target), rel=1e-9)
            session.run(Position(update + 1, 0))
        w = expected["w"]


def test_a_step_is_unknown_until_its_gradient_is() -> None:
    """A gradient of its own suffices, unless the whole gradient's length decides."""
    for clip, name in product((None, {"kind": "value", "limit": 0.1}, {"kind": "norm", "limit": 0.1}), PLACES):
        session = trained(make(clip=clip), 2)
        first = session.program.ends["backward"]
        node = next(node.id for node in session.program.tape.nodes if node.name == name.split("[")[0])
        at = max(i.index for i in session.program.instructions if (node, "gradient") in i.computes)
        for instruction in range(1, first + 1):
            session.run(Position(2, instruction))
            told = session.anatomy(name)
            assert told["when"] == ("ahead" if instruction > (first - 1 if clip and clip["kind"] == "norm" else at) else "unknown")
            if told["when"] == "unknown":
                assert told["step"] is told["gradient"] is told["effective"] is None
                assert all(line["value"] is None and line["numbers"] is None for line in told["lines"])
    assert Session(make()).anatomy(PLACES[0])["when"] == "unknown"


def test_clipping_is_shown() -> None:
    session = trained(make(clip={"kind": "value", "limit": 0.01}), 1)
    told = session.anatomy(PLACES[0])
    assert abs(told["gradient"]) > 0.01 == abs(told["applied"])
    assert told["lines"][0]["target"] == "applied" and told["clip"] == "by value"


def test_what_is_frozen_says_so() -> None:
    """A frozen bias keeps its gradient and its value; its memory is followed."""
    session = trained(make(layers=[linear(4, train=["W"]), {"kind": "tanh"}, linear(2)], optimizer={"kind": "momentum"}), 3)
    told = session.anatomy("0.b[1]")
    assert told["frozen"] and "frozen" in told["sentence"] and told["step"] == 0 and told["gradient"]
    assert told["lines"][0]["value"] == session.update.slots.views["velocity"][place(session, "0.b[1]")]
    assert told["lines"][-1]["value"] == told["before"] and "frozen" in told["lines"][-1]["says"]
    assert not session.anatomy("0.W[0,0]")["frozen"]


def test_a_schedule_is_named_with_the_rate_of_the_update() -> None:
    session = trained(make(optimizer={"kind": "sgd", "learning_rate": {"kind": "exponential", "rate": 0.5, "factor": 0.5}}), 3)
    told = session.anatomy(PLACES[0])
    assert told["rate"] == {"value": 0.125, "schedule": "exponential"}
    assert told["effective"] == pytest.approx(0.125)


def test_a_change_of_settings_leaves_the_update_as_it_was() -> None:
    """The lines told after an update are those that it ran, whatever was set since; an edit is no part of its step."""
    for change in ({"optimizer": {"kind": "adam"}}, {"clip": {"kind": "norm", "limit": 0.1}}, {"l2": 0.1}, {"learning_rate": 0.5}, None):
        session = trained(make(optimizer={"kind": "momentum", "learning_rate": 0.1}), 7)
        before = session.anatomy(PLACES[0])
        session.edit({PLACES[0]: 5.0}) if change is None else session.configure(change)
        after = session.anatomy(PLACES[0])
        assert values(after["lines"]) == values(before["lines"]) and after["step"] == before["step"]
        session.run(Position(7, session.program.ends["backward"]))
        assert session.anatomy(PLACES[0])["before"] == (5.0 if change is None else before["after"])


def test_a_change_in_the_midst_of_the_lines_is_not_smoothed_over() -> None:
    session = Session(make(optimizer={"kind": "adam"}))
    session.run(Position(2, session.program.ends["backward"] + 1))
    session.edit({PLACES[0]: 5.0})
    session.run(Position(3, 0))
    told = session.anatomy(PLACES[0])
    assert (told["when"], told["sentence"], told["lines"]) == ("refused", CHANGED, [])
    step(session, "batch")
    assert session.anatomy(PLACES[0])["when"] == "done"


def test_an_edit_before_the_lines_is_where_they_begin() -> None:
    session = Session(make(optimizer={"kind": "adam"}))
    session.run(Position(2, 4))
    session.edit({PLACES[0]: 5.0})
    session.run(Position(3, 0))
    assert session.anatomy(PLACES[0])["before"] == 5.0


def test_what_is_forgotten_is_not_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something changed since hides an update too far from a snapshot, and it says so; the update after it is told again."""
    monkeypatch.setattr(twin, "MOST_UPDATES", 2)
    session = Session(make(optimizer={"kind": "adam"}))
    session.snapshots.stride = 64
    session.run(Position(30, 0))
    assert session.anatomy(PLACES[0])["when"] == "done"
    session.configure({"learning_rate": 0.01})
    told = session.anatomy(PLACES[0])
    assert (told["when"], told["sentence"], told["lines"]) == ("refused", FORGOTTEN, [])
    session.run(Position(31, 0))
    assert session.anatomy(PLACES[0])["when"] == "done"


def test_the_limits_of_a_replay_are_the_stated_ones() -> None:
    session = Session(make())
    work = session.parameter_count * session.batches.size
    assert not twin.too_far(session, min(twin.MOST_UPDATES, twin.MOST_WORK // work))
    assert twin.too_far(session, min(twin.MOST_UPDATES, twin.MOST_WORK // work) + 1)
    assert f"{twin.MOST_UPDATES}" in FORGOTTEN and f"{twin.MOST_WORK:,}" in FORGOTTEN


@pytest.mark.parametrize("optimizer", kinds(Optimizer), ids=kind)
def test_the_parts_of_a_rule_occur_in_it(optimizer: type[Optimizer]) -> None:
    """A part is a piece of some line, and no two names of a rule, its clip and its numbers are the same."""
    for clip in [None, *kinds(Clip)]:
        session = Session(make(optimizer={"kind": kind(optimizer), "learning_rate": 0.1}, clip=clip and {"kind": kind(clip)}))
        spelled = [line.target for _, line in session.update.spelled()]
        assert {part.target for part in optimizer.parts} <= set(spelled)
        assert len(spelled) == len(session.update.lines) + len(optimizer.parts)
        names = ["w", "g", *optimizer.slots, *optimizer.counters, *session.update.numbers, *(part.target for part in optimizer.parts)]
        names += session.update.clip.numbers(session.update.gradients) if session.update.clip else []
        assert len(names) == len(set(names))


def test_only_a_single_number_is_laid_open() -> None:
    with pytest.raises(UnknownName, match=r"0\.W\[0,0\]"):
        Session(make()).anatomy("0.W")
    with pytest.raises(UnknownName):
        Session(make()).anatomy("0.W[9,9]")


@pytest.mark.parametrize("spec", list(ways_to_train()))
def test_a_twin_moves_alone(spec: SessionSpec) -> None:
    """A twin has the session's bits, runs and rewinds as the session would, and leaves it where it is."""
    session = trained(spec, 5)
    session.run(Position(5, 3))
    state = bits(session), session.position
    other = twin.twin(session)
    assert (bits(other), other.position) == state
    other.run(Position(9, 0), tap=())
    assert bits(other) == bits(trained(spec, 9))
    back = twin.rewound(session, 2)
    assert back and (back.position, bits(back)) == ((2, 0), bits(trained(spec, 2)))
    assert (bits(session), session.position) == state

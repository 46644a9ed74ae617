"""Laws of what examples say: each has its own gradient, they average to the batch's, and how far they cancel is told truly."""

from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.errors import UnknownName
from engine.layers import Layer
from engine.losses import Loss
from engine.position import Position
from engine.session import Session
from engine.shares import LISTED, _sentence
from engine.spec import SessionSpec
from tests.engine.networks import differentiated, kind, make, table, trained, with_layer, with_loss
from tests.engine.test_networks import names

PENALTIES: dict[str, Any] = {"l1": 0.03, "l2": 0.2}
STRUCTURES = [*((with_layer, layer) for layer in kinds(Layer)), *((with_loss, loss) for loss in kinds(Loss))]
NETWORKS = [
    pytest.param(build(component, **changes), id=f"{kind(component)}{'-penalized' if changes else ''}")  # type: ignore[arg-type]
    for build, component in STRUCTURES
    for changes in ({}, PENALTIES)
]


@pytest.mark.parametrize("spec", NETWORKS)
@pytest.mark.parametrize("updates", [1, 3], ids=["whole-batch", "partial-batch"])
def test_masked_gradients_average_to_the_batch(spec: SessionSpec, updates: int) -> None:
    """The backward list run for one example at a time: the mean is the batch's gradient but for the penalties, whatever the batch's size."""
    session = trained(spec, updates)
    rows = session.batch_examples()
    assert len(rows) == (session.data.train % 3 if updates == 3 else 3)
    for name, view in session.gradients_arena.views.items():
        own = [np.asarray(session.gradients(row)[name]) for row in rows]
        start, stop = session.parameters_arena.spans[name]
        w = session.shown_parameters()[start:stop].reshape(view.shape)
        extra = spec.l1 * np.sign(w) + spec.l2 * w if view.ndim > 1 else 0 * w
        assert np.abs(np.mean(own, axis=0) + extra - view).max() <= 1e-10 * (np.mean(np.abs(own), axis=0) + np.abs(extra)).max()


@pytest.mark.parametrize("spec", NETWORKS)
def test_what_is_listed_is_the_masked_gradient(spec: SessionSpec) -> None:
    """Row by row what a backward pass for that example alone leaves; sum, mean, size and counts follow from the rows."""
    session = differentiated(spec)
    rows = session.batch_examples()
    masked = {row: {name: np.asarray(values) for name, values in session.gradients(row).items()} for row in rows}
    for name in list(names(session))[::3]:
        found = session.shares(f"parameter:{name}")
        base, _, index = name.rstrip("]").partition("[")
        own = {row: float(masked[row][base][tuple(map(int, index.split(",")))]) for row in rows}
        listed = {row["example"]: row["gradient"] for row in found["rows"]}
        size = sum(map(abs, own.values()))
        assert listed.keys() == own.keys()
        assert all(abs(listed[row] - own[row]) <= 1e-13 * max(np.abs(masked[row][base]).max() for row in rows) for row in rows)
        assert [row["gradient"] for row in found["rows"]] == sorted(row["gradient"] for row in found["rows"])
        assert found["size"] == pytest.approx(size, rel=1e-12)
        assert found["mean"] == pytest.approx(sum(listed.values()) / len(rows), rel=1e-12, abs=1e-15 * size)
        assert (found["up"], found["down"]) == (sum(value < 0 for value in listed.values()), sum(value > 0 for value in listed.values()))
        assert found["up"] + found["down"] + found["still"] == found["count"] == len(rows)
        assert found["agrees"] and abs(found["mean"] + (found["penalty"] or 0.0) - found["gradient"]) <= 1e-10 * (size + abs(found["penalty"] or 0.0))
        if size:
            assert found["kept"] == pytest.approx(abs(sum(listed.values())) / size, rel=1e-12, abs=1e-15)


def test_of_very_many_the_strongest_are_listed() -> None:
    """The rest is one sum, so that the rows still add up."""
    session = differentiated(make(data=table(rows=50), batch_size=50))
    for name in names(session):
        found = session.shares(f"parameter:{name}")
        assert len(found["rows"]) == LISTED and found["folded"]["count"] == 50 - LISTED
        assert sum(row["gradient"] for row in found["rows"]) + found["folded"]["sum"] == pytest.approx(found["sum"], rel=1e-12, abs=1e-13 * found["size"])
        least = min(abs(row["gradient"]) for row in found["rows"])
        own = (
            [abs(float(np.asarray(session.gradients(row)[name.split("[")[0]]).reshape(-1)[0])) for row in session.batch_examples()]
            if name == "0.W[0,0]"
            else []
        )
        assert sum(value > least * (1 + 1e-9) for value in own) < LISTED


def test_a_bug_that_breaks_the_mean_is_told() -> None:
    """Where the 1/n is forgotten, the examples' mean is not the gradient that the program has, and the answer says so."""
    spec = make()
    assert all(differentiated(spec).shares(f"parameter:{name}")["agrees"] for name in names(Session(spec)))
    wrong = Session(spec)
    wrong.configure({"bug": {"kind": "missing_mean"}})
    wrong.run(wrong.target_backward())
    told = [wrong.shares(f"parameter:{name}")["agrees"] for name in names(wrong)]
    assert not any(told)
    assert not wrong.explain("parameter:0.W[0,0]")["batch"]["agrees"]


def test_nothing_is_told_before_it_is_known() -> None:
    session = Session(make())
    assert session.shares("parameter:0.W[0,0]")["rows"] == []
    session.run(Position(0, session.program.ends["loss"]))
    found = session.shares("parameter:0.W[0,0]")
    assert not found["known"] and found["rows"] == [] and "as soon as" in found["sentence"]
    session.run(session.target_backward())
    assert session.shares("parameter:0.W[0,0]")["known"]


@pytest.mark.parametrize("target", ["parameter:2.W", "parameter:9.W[0,0]", "value:3[0]", "nonsense"])
def test_only_one_number_of_a_parameter_has_examples(target: str) -> None:
    with pytest.raises(UnknownName):
        differentiated(make()).shares(target)


@pytest.mark.parametrize(
    ("up", "down", "still", "kept", "said"),
    [
        (11, 5, 0, 0.23, "11 of 16 pull this weight up, 5 pull it down; they cancel to 23 % of their total size."),
        (16, 0, 0, 1.0, "All 16 pull this weight up; nothing cancels."),
        (0, 14, 2, 1.0, "14 of 16 pull this weight down; nothing cancels. 2 do not pull."),
        (3, 4, 1, 0.011, "3 of 8 pull this weight up, 4 pull it down; they cancel to 1.1 % of their total size. 1 does not pull."),
        (0, 0, 4, None, "No example pulls this weight: each gradient is exactly 0."),
        (0, 1, 0, 1.0, "There is one example in this batch, and it pulls this weight down."),
        (1, 1, 0, float("nan"), "An example's gradient is not a finite number here."),
    ],
)
def test_the_sentence(up: int, down: int, still: int, kept: float | None, said: str) -> None:
    assert _sentence(up, down, still, kept, "weight") == said


def test_a_pull_is_against_the_gradient() -> None:
    """An example that pulls a weight up has its loss lowered when the weight goes up."""
    seen = set()
    for unit in range(4):
        session = differentiated(make(batch_size=7))
        found = session.shares(f"parameter:2.W[{unit},0]")
        rows = session.batch_examples()
        inputs, targets = session.data.rows_of(rows)
        before = session.evaluator.run(inputs, targets)
        losses = before.value(before.tape.marks["each"])[:, 0].copy()
        session.parameters_arena.views["2.W"][unit, 0] += 1e-6
        after = session.evaluator.run(inputs, targets)
        falls = dict(zip(rows, after.value(after.tape.marks["each"])[:, 0] < losses, strict=True))
        for row in found["rows"]:
            assert falls[row["example"]] == (row["gradient"] < 0)
            seen.add(row["gradient"] < 0)
        assert found["up"] == sum(falls.values())
    assert seen == {True, False}

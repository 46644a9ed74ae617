"""A normalisation laid open: three parts that add up to the engine's gradient, to the textbook's and to what differences measure."""

from typing import Any

import numpy as np
import pytest

from engine.errors import OutOfReach, UnknownName
from engine.session import Session
from tests.engine.networks import linear, make, table
from tests.oracles.batch_norm import parts

SEQUENCE = {"kind": "sine_waves", "rows": 6, "steps": 3}
IMAGE, FLAT = {"kind": "reshape", "to": [2, 2, 2]}, {"kind": "flatten"}
NETS: dict[str, dict[str, Any]] = {
    "batch": {"data": table(rows=6), "layers": [linear(4), {"kind": "batch_norm"}, {"kind": "tanh"}, linear(2)]},
    "layer": {"layers": [linear(4), {"kind": "layer_norm"}, {"kind": "tanh"}, linear(2)]},
    "batch of channels": {"data": table(inputs=8, rows=6), "layers": [IMAGE, {"kind": "conv2d", "filters": 2}, {"kind": "batch_norm"}, FLAT, linear(2)]},
    "layer of steps": {"data": SEQUENCE, "layers": [{"kind": "rnn", "units": 3, "returns": "sequence"}, {"kind": "layer_norm"}, FLAT, linear(1)]},
}  # fmt: skip
LAST = {"batch": 0, "layer": 0, "batch of channels": 3, "layer of steps": 2}


def opened(name: str) -> Session:
    session = Session(make(**NETS[name]))
    session.run(session.target_backward())
    return session


def measured(session: Session, found: dict[str, Any], member: int) -> float:
    """The slope of the followed example's loss along one value before the normalisation, by running on from there."""
    followed = session.focus.follow(found["example"])
    program, h = followed.program, 1e-5
    shape = program.value(found["input"]).shape
    row, unit = (member, found["unit"]) if found["kind"] == "batch" else (followed.row, member)
    own = np.unravel_index(found["place"], shape[2:] if len(shape) == 4 else shape[1:-1]) if found["places"] > 1 else ()
    place = (row, unit, *own) if len(shape) == 4 else (row, *own, unit)
    start = next(each.index for each in program.instructions if each.node == found["input"]) + 1
    each, losses = program.tape.marks["each"], []
    before = program.value(found["input"])[place]
    for step in (h, -h):
        program.value(found["input"])[place] = before + step
        program.run(start, program.ends["loss"])
        losses.append(float(program.value(each)[followed.row, 0]))
    program.value(found["input"])[place] = before
    program.run(start, program.ends["loss"])
    return (losses[0] - losses[1]) / (2 * h)


@pytest.mark.parametrize("name", NETS)
def test_the_three_parts_are_the_engines_the_textbooks_and_what_differences_measure(name: str) -> None:
    session = opened(name)
    example, unit, place = session.batch_examples()[1], 1, LAST[name]
    found = session.normalization(None, example, unit, place)
    members, batch = found["members"], found["kind"] == "batch"
    assert found["kind"] == name.split()[0] and [one["own"] for one in members].index(True) == (1 if batch else unit)
    program, row = session.focus.follow(example).program, session.focus.follow(example).row
    arriving, x, dx = program.cotangent(found["node"]), program.value(found["input"]), program.cotangent(found["input"])
    assert arriving is not None and dx is not None
    if batch:
        axis = (lambda values: np.moveaxis(values, 1, -1).reshape(-1, values.shape[1])[:, unit]) if x.ndim == 4 else (lambda values: values[:, unit])
        pick = slice(place, None, found["places"])
    else:
        axis, pick = (lambda values: values.reshape(len(values), -1, values.shape[-1])[row, place]), slice(None)
    expected = parts(axis(arriving).tolist(), axis(x).tolist(), found["eps"])
    for part, values in zip(("direct", "mean", "variance"), expected, strict=True):
        np.testing.assert_allclose([one[part] for one in members], np.array(values)[pick], rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose([one["total"] for one in members], axis(dx)[pick], rtol=0)
    np.testing.assert_allclose([one["direct"] + one["mean"] + one["variance"] for one in members], axis(dx)[pick], rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(found["mean"], axis(x).mean(), rtol=1e-12)
    np.testing.assert_allclose(found["variance"], axis(x).var(), rtol=1e-12)
    assert found["count"] == axis(x).size
    np.testing.assert_allclose([measured(session, found, number) for number in range(len(members))], axis(dx)[pick], rtol=1e-6, atol=1e-9)


def test_others_get_their_share_through_mean_and_variance_alone() -> None:
    found = opened("batch").normalization()
    others = [one for one in found["members"] if not one["own"]]
    assert all(one["direct"] == 0 and one["total"] != 0 for one in others)
    total = sum(abs(one["total"]) for one in found["members"])
    assert found["elsewhere"] == pytest.approx(sum(abs(one["total"]) for one in others) / total)
    assert "every other one’s value too" in found["sentence"] and " % of the gradient’s size" in found["sentence"]
    layer = opened("layer").normalization(None, None, 2)
    own = layer["members"][2]
    around = abs(own["mean"]) + abs(own["variance"])
    assert layer["elsewhere"] is None and layer["shared"] == pytest.approx(around / (around + abs(own["direct"])), rel=1e-12)
    assert "Each unit moves" in layer["sentence"] and "of what comes to this unit" in layer["sentence"]


def test_a_way_around_is_told_apart() -> None:
    """Before a normalised first layer of a block, the values go on by the second path too."""
    block = {"kind": "residual", "layers": [{"kind": "layer_norm"}, {"kind": "tanh"}]}
    session = Session(make(layers=[linear(4), block, linear(2)]))
    session.run(session.target_backward())
    found = session.normalization()
    for one in found["members"]:
        assert one["other"] != 0 and sum(one[name] for name in ("direct", "mean", "variance", "other")) == pytest.approx(one["total"], rel=1e-12)


def test_numbers_are_told_when_they_are_known_and_what_is_not_there_is_refused() -> None:
    session = Session(make(**NETS["batch"]))
    begun = session.normalization()
    assert begun["mean"] is None and begun["members"][0]["total"] is None and begun["elsewhere"] is None
    session.run(session.target_forward())
    ahead = session.normalization()
    assert ahead["mean"] is not None and ahead["members"][0]["y"] is not None and ahead["members"][0]["direct"] is None
    for node, unit, place in ((0, 0, 0), (None, 4, 0), (None, 0, 1)):
        with pytest.raises(UnknownName):
            session.normalization(node, None, unit, place)
    absent = next(example for example in range(session.data.rows) if example not in session.batch_examples())
    with pytest.raises(OutOfReach, match="not in the batch"):
        session.normalization(None, absent)
    with pytest.raises(OutOfReach, match="nothing is normalised"):
        Session(make()).normalization()

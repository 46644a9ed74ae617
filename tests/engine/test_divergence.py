"""The first number that is not finite: a run stops before it, says which operation would make it, and leaves nothing damaged."""

from typing import Any

import numpy as np
import pytest

from engine.component import kinds
from engine.divergence import written
from engine.errors import Diverged
from engine.losses import Loss
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import arrays, bits, kind, linear, make, step, with_loss

FAR = Position(100_000, 0)
LEAKY = [linear(4), {"kind": "leaky_relu", "slope": 0.5}, linear(2)]
EXPLODES = make(layers=LEAKY, optimizer={"kind": "sgd", "learning_rate": 3})
WAYS = [
    pytest.param(EXPLODES, {}, id="growing"),
    pytest.param(make(layers=LEAKY, dtype="float32", optimizer={"kind": "sgd", "learning_rate": 3}), {}, id="float32"),
    pytest.param(make(), {"2.W[0,0]": 1e200}, id="loss"),
    pytest.param(make(layers=[linear(2)]), {"0.W[0,0]": 1e308, "0.W[1,0]": 1e308}, id="forward"),
    pytest.param(make(layers=[linear(2)], dtype="float32", optimizer={"kind": "adam"}), {"0.W[0,0]": 1e25}, id="memory"),
    pytest.param(make(layers=[linear(2)], optimizer={"kind": "sgd", "learning_rate": 1000}), {"0.W[0,0]": 1e153}, id="update"),
    pytest.param(make(layers=LEAKY, optimizer={"kind": "momentum", "learning_rate": 2}, l2=0.1), {}, id="penalty"),
]


def edited(spec: SessionSpec, edits: dict[str, Any]) -> Session:
    session = Session(spec)
    session.run(Position(2, 0))
    if edits:
        session.edit(edits)
    return session


def finite(session: Session) -> bool:
    return all(np.isfinite(array).all() for array in arrays(session))


@pytest.mark.parametrize("spec, edits", WAYS)
def test_a_run_stops_before_any_damage(spec: SessionSpec, edits: dict[str, Any]) -> None:
    """Every number is still finite where it stops; the very next operation makes one that is not, and it is the one that was named."""
    session = edited(spec, edits)
    assert not session.run(FAR)
    fault = session.fault
    assert fault is not None and session.diverged and finite(session)
    assert session.position == fault.position
    assert fault.count >= 1 and not np.isfinite(fault.value)
    assert fault.inputs and all(each["value"] is not None for each in fault.inputs)
    session.run(session.target("op", 1))
    assert not finite(session)
    number = np.concatenate([array.ravel() for array in arrays(session)])
    assert (~np.isfinite(number)).sum() >= fault.count


@pytest.mark.parametrize("spec, edits", WAYS)
def test_running_and_stepping_stop_at_the_same_place(spec: SessionSpec, edits: dict[str, Any]) -> None:
    """At full speed, in slices, with a late look at it, and one operation at a time: the same place, the same numbers, the same words."""
    ran, sliced, stepped = (edited(spec, edits) for _ in range(3))
    ran.run(FAR)
    while not sliced.diverged:
        sliced.run(FAR, budget=0.0)
    while not stepped.diverged:
        stepped.run(stepped.target("op", 1))
    assert ran.position == sliced.position == stepped.position
    assert bits(ran) == bits(sliced) == bits(stepped)
    assert ran.fault and sliced.fault and stepped.fault
    assert ran.fault.json(ran.position) == sliced.fault.json(sliced.position)
    assert ran.fault.sentence == stepped.fault.sentence
    assert ran.metrics() == sliced.metrics()


def test_it_can_be_seen_to_happen_and_gone_back_from() -> None:
    """By hand one can run on to the end of that update, and no further; back again, the numbers are those from before."""
    session = edited(EXPLODES, {})
    session.run(FAR)
    there, before = session.position, bits(session)
    with pytest.raises(Diverged, match="smaller learning rate"):
        session.run(FAR)
    assert session.run(session.target("op", 1))
    state = session.state()
    assert state["diverged"] and state["fault"]["happened"] and "not finite" in state["sentence"]
    inside = bits(session)
    assert session.run(Position(there.update + 1, 0))
    assert session.damaged
    with pytest.raises(Diverged):
        session.run(session.target("op", 1))
    session.seek(Position(there.update, there.instruction + 1))
    assert bits(session) == inside
    session.seek(there)
    assert (bits(session), session.state()["fault"]["happened"]) == (before, False)
    session.seek(Position(0, 0))
    assert not session.diverged
    assert not session.run(FAR)
    assert (session.position, bits(session)) == (there, before)


def test_what_stands_in_the_state_says_what_to_do() -> None:
    session = edited(EXPLODES, {})
    session.run(FAR)
    state = session.state()
    told = state["fault"]
    assert told["position"] == state["position"] and not told["happened"]
    assert f"{told['element']} would become {told['value']}" in state["sentence"]
    assert "the first number that is not finite" in told["sentence"]
    assert "smaller learning rate or clip the gradient" in told["advice"]
    assert f"update {told['best']:,}" in told["advice"]
    losses = dict(zip(session.metrics()["updates"], session.metrics()["train_loss"], strict=True))
    assert losses[told["best"]] == min(loss for loss in losses.values() if loss is not None)
    assert session.metrics()["updates"][-1] <= session.position.update


@pytest.mark.parametrize("changes", [{"learning_rate": 0.01}, {"clip": {"kind": "norm"}}, {"optimizer": {"kind": "adam", "learning_rate": 0.01}}], ids=str)
def test_going_back_and_changing_something_goes_on(changes: dict[str, Any]) -> None:
    """The branch that exploded is kept, and says so when one comes back to it."""
    session = edited(EXPLODES, {})
    session.run(FAR)
    there, words = session.position, session.state()["fault"]
    session.seek(Position(words["best"], 0))
    session.configure(changes)
    assert not session.diverged
    assert session.run(Position(there.update + 50, 0))
    session.seek(session.switch(1))
    assert (session.position, session.state()["fault"]) == (there, words)


def test_a_change_of_instructions_where_the_update_cannot_end_is_made_at_its_beginning() -> None:
    session = edited(EXPLODES, {})
    session.run(FAR)
    update = session.position.update
    session.configure({"clip": {"kind": "norm"}})
    assert session.position == (update, 0)
    assert (len(session.branches), session.branches.get(1).end.update) == (2, update)
    early = edited(EXPLODES, {})
    early.run(Position(update, 2))
    early.configure({"clip": {"kind": "norm"}})
    assert early.position == (update, 0)
    assert early.spec.clip is not None


def test_a_value_set_by_hand_lets_it_go_on() -> None:
    session = edited(make(), {"2.W[0,0]": 1e200})
    session.run(FAR)
    assert session.fault
    session.edit({"2.W[0,0]": 0.1})
    assert not session.diverged
    session.run(Position(session.position.update + 3, 0))
    assert session.position.instruction == 0 or session.fault


def test_an_infinity_that_leaves_no_trace_is_let_pass() -> None:
    """A sigmoid of minus infinity is 0 with slope 0: the update ends with every lasting number finite, at any speed."""
    layers = [linear(2), {"kind": "sigmoid"}, linear(2)]
    ran, stepped = (edited(make(layers=layers), {"0.W": [[-1e308, 0.0]] * 3, "0.b": [-1e308, 0.0]}) for _ in range(2))
    ran.run(Position(3, 0))
    seen = False
    while stepped.position < (3, 0):
        stepped.run(stepped.target("op", 1))
        seen = seen or not finite(stepped)
    assert seen
    assert not ran.diverged and not stepped.diverged
    assert bits(ran) == bits(stepped)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("loss", kinds(Loss), ids=kind)
def test_divergence_is_noticed_alike_by_stepping_and_running(loss: type[Loss], dtype: str) -> None:
    """Where weights are so large that a loss overflows, both ways stop before the same operation, whatever its gradient is."""
    huge = float(np.finfo(dtype).max) / 2
    stepped, ran = (Session(with_loss(loss, dtype=dtype)) for _ in range(2))
    for session in (stepped, ran):
        session.edit({name: np.full(np.shape(value), huge).tolist() for name, value in session.parameters().items()})
    while stepped.position < (3, 0) and not stepped.diverged:
        stepped.run(stepped.target("op", 1))
    ran.run(Position(3, 0))
    assert (ran.position, ran.diverged, bits(ran)) == (stepped.position, stepped.diverged, bits(stepped))
    assert np.isfinite(ran.parameters_arena.flat).all()


def test_a_value_that_single_precision_cannot_hold_is_refused() -> None:
    session = Session(make(dtype="float32"))
    with pytest.raises(Exception, match="none larger than float32 can hold"):
        session.edit({"0.W[0,0]": 1e39})


def test_nothing_to_say_of_a_run_that_is_well() -> None:
    session = Session(make())
    session.run(Position(50, 3))
    assert session.state()["fault"] is None
    step(session, "batch")
    assert not session.state()["diverged"]


def test_of_a_product_for_several_weights_each_array_goes_by_its_own_name() -> None:
    """What is not finite among them is said to be the gradient of the weight that it is."""
    session = Session(make(data={"kind": "sequence_parity", "steps": 4}, layers=[{"kind": "rnn", "units": 2}, linear(1)]))
    instruction = next(each for each in session.program.instructions if len(each.computes) > 1)
    nodes, found = session.program.tape.nodes, list(written(session, instruction))
    assert {nodes[node].name for node, *_ in found} == {"0.W", "0.b", "0.U"}
    assert all(array is session.gradients_arena.views[nodes[node].name] and what == "gradient" for node, what, array in found)

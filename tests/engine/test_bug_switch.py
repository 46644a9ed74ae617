"""A bug as a setting: refused where it changes nothing, never silent, in force from the next update on, and gone from the one after it is switched off."""

import struct
from contextlib import redirect_stdout
from io import StringIO
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine.bugs import Bug
from engine.code.numpy_script import NumpyScript
from engine.component import Component, kinds
from engine.errors import SpecError
from engine.layers import Layer
from engine.numeric import relative_error
from engine.optimizers import Optimizer
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, differentiated, flat, kind, linear, make, step, table, trained, with_bug, with_layer

BUGS = kinds(Bug)
EVERY = pytest.mark.parametrize("bug", BUGS, ids=kind)
OVER_EXAMPLES = ("missing_mean", "gradients_not_zeroed")
"""Bugs that leave each example's own gradient right."""
OF_EXAMPLES = pytest.mark.parametrize("bug", [bug for bug in BUGS if kind(bug) not in OVER_EXAMPLES], ids=kind)


def flags(session: Session) -> int:
    """The flags in the header of a frame."""
    return int(struct.unpack_from("<HBB", session.frame([], None, 1, running=False))[2])


@EVERY
def test_a_bug_is_described(bug: type[Bug]) -> None:
    """One plain sentence, a title, what comes of it, and what a network needs for it."""
    entry = bug.entry()
    assert entry["description"].endswith(".") and entry["description"].count(". ") == 0
    assert entry["title"] != entry["kind"] and len(bug.does) > 40
    assert bug.needs or Session(make(layers=[linear(2)], bug={"kind": kind(bug)}))


@EVERY
@pytest.mark.parametrize("optimizer", [{"kind": kind(each), "learning_rate": 0.02} for each in kinds(Optimizer)], ids=lambda each: each["kind"])
def test_stepping_is_running(bug: type[Bug], optimizer: Any) -> None:
    """A program with a bug, stepped op by op, leaves the bits that it leaves when it runs, with every optimiser, a clip and a penalty."""
    spec = with_bug(bug, optimizer=optimizer, clip={"kind": "norm", "limit": 0.3}, l2=0.1)
    ran, stepped = Session(spec), Session(spec)
    ran.run(Position(4, 0))
    while stepped.position < (4, 0):
        stepped.run(stepped.target("op", 1))
    assert bits(stepped) == bits(ran)


@EVERY
def test_time_runs_both_ways_through_the_switch(bug: type[Bug]) -> None:
    """A run with the bug switched on and off on the way: every op of it, gone back to in any order, has the bits of the first time."""
    session = trained(with_bug(None), 2)
    session.configure({"bug": {"kind": kind(bug)}})
    seen: dict[Position, str] = {session.position: bits(session)}

    def watch(updates: int) -> None:
        for _ in range(updates):
            goal = session.target("batch", 1)
            while session.position < goal:
                session.run(session.target("op", 1))
                seen[session.position] = bits(session)

    watch(3)
    session.configure({"bug": None})
    seen[session.position] = bits(session)
    watch(2)
    places = list(seen)
    for place in [*np.random.default_rng(2).permutation(len(places)), 0, len(places) - 1, 1, len(places) // 2]:
        session.seek(places[place])
        assert bits(session) == seen[places[place]], places[place]


@EVERY
def test_switching_off_heals_at_the_next_update(bug: type[Bug]) -> None:
    """From the next update on, the session is the same as one that never had the bug and was given its parameters."""
    session = trained(with_bug(bug), 3)
    session.configure({"bug": None})
    healthy = trained(with_bug(None), 3)
    healthy.edit(session.parameters())
    for each in (session, healthy):
        each.run(Position(5, 0))
    assert np.array_equal(session.parameters_arena.flat, healthy.parameters_arena.flat)
    assert np.array_equal(session.gradients_arena.flat, healthy.gradients_arena.flat)
    assert session.check_all()["ok"]
    assert session.state()["bug"] is None and not flags(session) & 4


@EVERY
def test_a_bug_waits_for_the_update_to_end_and_is_kept(bug: type[Bug]) -> None:
    """Switched on in the middle of an update, it is in force from the next; the spec carries it, and a session of that spec has it."""
    session = Session(with_bug(None))
    session.run(Position(2, 4))
    session.configure({"bug": {"kind": kind(bug)}})
    assert session.position == (3, 0)
    assert np.array_equal(session.parameters_arena.flat, trained(with_bug(None), 3).parameters_arena.flat)
    assert session.spec == with_bug(bug)
    assert SessionSpec.model_validate(session.spec.model_dump(mode="json")) == with_bug(bug)
    command = session.timeline.log.commands[-1]
    assert (command.position, command.says) == (Position(3, 0), f"bug {bug.title} instead of no bug")


@EVERY
def test_a_bug_is_never_silent(bug: type[Bug]) -> None:
    """State, frame and event say that it is on, before, while and after its numbers are shown."""
    session = trained(with_bug(None), 2)
    assert (session.state()["bug"], flags(session) & 4) == (None, 0)
    for change, on, shown, words in (({"kind": kind(bug)}, True, False, "from the next update on"), (None, False, True, "switched off")):
        session.configure({"bug": change})
        said = session.state()["bug"]
        assert (said["kind"], said["on"], said["shown"]) == (kind(bug), on, shown)
        assert words in said["sentence"] and bug.title in said["sentence"]
        assert flags(session) & 4
        assert session.event([], None, 1, running=False)["bug"]
        step(session)
        assert (session.state()["bug"] is not None) == on
        step(session, "batch", 2)
        if on:
            assert session.state()["bug"]["shown"] and "wrong on purpose" in session.state()["bug"]["sentence"]


@pytest.mark.parametrize(
    ("bug", "changes"),
    [
        ("no_activation_derivative", {"layers": [linear(4), {"kind": "identity"}, linear(2)]}),
        ("no_activation_derivative", {"layers": [{"kind": "tanh"}, linear(2)]}),
        ("missing_mean", {"batch_size": 1}),
        ("updated_while_propagating", {"layers": [linear(2)]}),
        ("updated_while_propagating", {"layers": [linear(4), {"kind": "tanh"}, linear(2, train=[])]}),
        ("transposed_weights", {"layers": [linear(4), {"kind": "tanh"}, linear(2)]}),
        ("transposed_weights", {"layers": [linear(3), {"kind": "tanh"}, linear(2)], "data": table(inputs=3)}),
        ("softmax_twice", {"layers": [linear(4), {"kind": "tanh"}, linear(2)]}),
        ("bias_per_weight", {"layers": [linear(4, bias=False), {"kind": "tanh"}, linear(2, train=["W"])]}),
        ("bias_per_weight", {"layers": [linear(2)], "data": table(inputs=1)}),
        ("one_path", {"layers": [linear(2)]}),
    ],
)
def test_a_bug_that_changes_nothing_is_refused(bug: str, changes: Any) -> None:
    """In words, at the field of the spec, when a session begins as when it runs; what is refused changes nothing, and the graph says it beforehand."""
    spec = make(**changes)
    session = trained(spec, 2)
    before, settings = bits(session), session.settings
    with pytest.raises(SpecError, match=r"here|shape") as refused:
        session.configure({"bug": {"kind": bug}})
    assert refused.value.field == "bug"
    assert (bits(session), session.settings) == (before, settings)
    with pytest.raises(SpecError):
        Session(make(**changes, bug={"kind": bug}))
    why = session.graph()["bugs"][bug]
    assert why and why in str(refused.value)


def test_a_gru_carries_the_gradient_back_as_wrongly_as_any_other() -> None:
    """W of 6 × 6 goes untransposed, and of all paths the first column's alone is left, the reset gate's; both match the rule by hand."""
    for bug in ("transposed_weights", "one_path"):
        session = Session(make(layers=[linear(12), {"kind": "reshape", "to": [2, 6]}, {"kind": "gru", "units": 2}, linear(2)], bug={"kind": bug}))
        session.run(Position(1, 0))
        program = session.program
        sums = next(node for node in program.tape.nodes if node.op and node.op.whole)
        arriving, w = program.cotangents.views[sums.id], session.update_start[program.parameters.spans["2.W"][0] :][:36].reshape(6, 6)
        gates, read = arriving[:, 2:6], arriving[:, :2]
        expected = np.hstack([gates, read]) @ w if bug == "transposed_weights" else gates[:, :1] * w[:, 0]
        np.testing.assert_allclose(program.cotangents.views[sums.arguments()["x"]], expected, rtol=1e-12)


@pytest.mark.parametrize("layer", kinds(Layer), ids=kind)
def test_every_layer_takes_every_bug_that_fits(layer: type[Component]) -> None:
    """Stepped or run alike, with the examples' own gradients averaging to what the program computes."""
    graph = Session(with_layer(layer)).graph()
    for bug in BUGS:
        if graph["bugs"][kind(bug)]:
            continue
        ran, stepped = (Session(with_layer(layer, bug={"kind": kind(bug)})) for _ in range(2))
        ran.run(Position(2, 0))
        while stepped.position < (2, 0):
            stepped.run(stepped.target("op", 1))
        assert bits(stepped) == bits(ran), kind(bug)
        if kind(bug) not in OVER_EXAMPLES:
            mean = np.mean([flat(ran.gradients(row)) for row in ran.batch_examples()], axis=0)
            assert relative_error(mean, flat(ran.gradients())) <= 1e-12, kind(bug)


@EVERY
def test_where_a_bug_fits_the_graph_says_so(bug: type[Bug]) -> None:
    assert Session(with_bug(None)).graph()["bugs"][kind(bug)] is None
    assert Session(with_bug(bug)).graph()["bugs"][kind(bug)] is None


@OF_EXAMPLES
@pytest.mark.parametrize("updates", [0, 2], ids=["in the middle", "after updates"])
def test_the_followed_example_has_the_bug(bug: type[Bug], updates: int) -> None:
    """Its ladder multiplies and adds up to its own gradients, and these average to what the program with the bug has computed."""
    session = trained(with_bug(bug), updates) if updates else differentiated(with_bug(bug))
    rows = session.batch_examples()
    assert relative_error(np.mean([flat(session.gradients(row)) for row in rows], axis=0), flat(session.gradients())) <= 1e-12
    for name, gradient in session.gradients(rows[-1]).items():
        first = "0" if np.ndim(gradient) == 1 else "0,1"
        assert session.paths(f"parameter:{name}[{first}]", rows[-1])["sum"] == pytest.approx(float(np.ravel(gradient)[int(first[-1])]), rel=1e-10, abs=1e-15)
        for index in np.ndindex(*np.shape(gradient)):
            ladder = session.explain(f"parameter:{name}[{','.join(map(str, index))}]", rows[-1])["ladder"]
            assert ladder[-1]["total"]["value"] == np.asarray(gradient)[index]
            for before, rung in pairwise(ladder):
                assert before["total"]["ref"] in [row["arriving"]["ref"] for row in rung["rows"]]
            for rung in ladder:
                products = [(row["arriving"]["value"] if row["arriving"] else 1.0) * row["local"]["value"] for row in rung["rows"]]
                assert sum(products) == pytest.approx(rung["total"]["value"], rel=1e-11, abs=1e-15)


def test_the_weights_that_a_gradient_came_through_are_remembered() -> None:
    """With weights stepped too early, the ladder shows the new ones on the way back, whatever is edited since; the neuron's sum has the old ones."""
    session = trained(with_bug(next(bug for bug in BUGS if bug.early)), 2)
    stepped = session.parameters_arena.views["2.W"].copy()
    session.edit({"2.W[1,2]": 40.0})
    example = session.batch_examples()[0]
    ladder = session.explain("parameter:0.W[0,1]", example)["ladder"]
    rows = {row["local"]["ref"]: row["local"]["value"] for rung in ladder for row in rung["rows"]}
    assert [rows[f"parameter:2.W[1,{unit}]"] for unit in range(4)] == [float(value) for value in stepped[1]]
    neuron = session.explain(f"value:{session.graph()['columns'][2]['post']}[2]", example)
    start = session.update_start[slice(*session.parameters_arena.spans["2.W"])].reshape(4, 4)
    assert [term["weight"]["value"] for term in neuron["terms"]] == [float(value) for value in start[:, 2]]


def test_an_early_step_is_laid_open_too() -> None:
    """Where layers are stepped within the backward pass, a weight's update is told as the program has made it, also just after the bug is switched off."""
    session = trained(with_bug(next(bug for bug in BUGS if bug.early), optimizer={"kind": "adam", "learning_rate": 0.02}), 3)
    for switched in (False, True):
        if switched:
            session.configure({"bug": None})
        for name in ("0.W[1,2]", "2.b[3]", "4.W[0,1]"):
            told, short = session.anatomy(name), name.split("[")[0]
            index = tuple(map(int, name[4:-1].split(",")))
            start = session.update_start[slice(*session.parameters_arena.spans[short])].reshape(session.parameters_arena.views[short].shape)
            assert (told["before"], told["after"]) == (start[index], session.parameters_arena.views[short][index]), (name, switched)


@EVERY
def test_a_script_has_the_bug_or_is_refused(bug: type[Bug]) -> None:
    """What goes beyond one update, or has no phases, cannot be written down as one; with the softmax inside the loss a script is the program's too."""
    session = trained(with_bug(bug), 2)
    if not bug.model_validate({}).alone:
        with pytest.raises(SpecError, match="switch the bug off"):
            session.code("numpy")
        return
    assert bug.title in str(session.code("numpy"))
    inside = {"layers": [linear(4), {"kind": "tanh"}, linear(4), {"kind": "tanh"}, linear(2)], "loss": {"kind": "categorical_cross_entropy_with_logits"}}
    session = trained(with_bug(bug, **inside), 2)
    left: dict[str, Any] = {}
    with redirect_stdout(StringIO()):
        exec(NumpyScript(session).text, left)
    assert left["w"].tobytes() == session.parameters_arena.flat.tobytes()


@EVERY
def test_an_edit_within_an_update_makes_no_mistake_twice(bug: type[Bug]) -> None:
    """Set by hand in the middle of the backward pass, a value is used for what is still to come; no step and no gradient is added a second time."""
    session = trained(with_bug(bug), 2)
    session.run(Position(2, session.program.ends["backward"] - 1))
    before = session.parameters_arena.views["4.W"].copy()
    piled = session.gradients_arena.views["4.b"].copy()
    session.edit({"0.b[0]": session.parameters()["0.b"][0]})
    assert np.array_equal(session.parameters_arena.views["4.W"], before)
    assert np.array_equal(session.gradients_arena.views["4.b"], piled)


def test_a_bias_takes_as_many_steps_as_it_has_weights() -> None:
    """With plain descent: the weights' steps are the optimiser's, a bias's is as many times as long as its unit has inputs."""
    session = Session(with_bug(next(bug for bug in BUGS if kind(bug) == "bias_per_weight")))
    session.run(Position(1, 0))
    moved = session.parameters_arena.flat - session.update_start
    for name, (start, stop) in session.parameters_arena.spans.items():
        times = {"0.b": 3, "2.b": 4, "4.b": 4}.get(name, 1)
        assert moved[start:stop] == pytest.approx(-0.05 * times * session.gradients_arena.flat[start:stop], rel=1e-10)

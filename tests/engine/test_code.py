"""A script to take away gives the session's own numbers: it is run in a clean namespace and compared to the last bit."""

import contextlib
import io
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.code import FORMS
from engine.code.literals import array, number
from engine.code.numpy_script import NumpyScript
from engine.errors import UnknownName
from engine.formula.calls import Array
from engine.ops import OPS
from engine.position import Position
from engine.presets import presets
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, everything, linear, make, scriptable, table, trained
from tests.engine.test_networks import ODD

PRESETS = [pytest.param(SessionSpec.model_validate(preset["spec"]), id=preset["name"]) for preset in presets() if preset["spec"]["task"]["kind"] != "gan"]
SEQUENCE = [{"kind": "reshape", "to": [2, 2]}, linear(3), {"kind": "softmax"}, {"kind": "dropout", "rate": 0.4}, {"kind": "flatten"}, linear(2)]
DEEP = pytest.param(make(data=table(inputs=4), layers=SEQUENCE, loss={"kind": "huber"}), id="sequence")
WAYS = [way for way in scriptable() if not way.values[0].bug or way.values[0].bug.alone]
NETWORKS = [*everything(), *everything(dtype="float32"), *everything(l1=0.03, l2=0.2), *WAYS, *ODD, DEEP]
PLACES = [Position(0, 0), Position(2, 4), Position(3, 0)]


def run(session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[NumpyScript, dict[str, Any]]:
    """The script, and the namespace that it leaves when it is run beside the file that it loads."""
    script = NumpyScript(session)
    if script.loads:
        (folder / f"{script.loads}.npz").write_bytes(session.export("npz", script.loads))
    monkeypatch.chdir(folder)
    left: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(script.text, script.name, "exec"), left)  # the script's own words are what is tested
    return script, left


def same(mine: Any, theirs: Array) -> bool:
    """Equal in kind and to the last bit."""
    return np.asarray(mine).dtype == theirs.dtype and np.asarray(mine).tobytes() == theirs.tobytes()


def finish(session: Session) -> None:
    """Go on to the end of the shown update."""
    if session.position.instruction or session.position.update == 0:
        session.run(Position(session.position.update + 1, 0))


CASES = [
    *(pytest.param(*network.values, place, id=f"{network.id}-{place}") for network, place in zip(NETWORKS, cycle(PLACES))),
    *(pytest.param(*preset.values, place, id=f"{preset.id}-{place}") for preset in PRESETS for place in PLACES),
]


@pytest.mark.parametrize(("spec", "place"), CASES)
def test_the_script_gives_the_sessions_numbers(spec: SessionSpec, place: Position, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every value, every gradient on its way, the loss, the updated parameters and the optimiser's memory, to the last bit, from any position."""
    session = Session(spec)
    session.seek(place)
    before = bits(session)
    script, left = run(session, tmp_path, monkeypatch)
    assert bits(session) == before
    finish(session)
    program = session.program
    for node in program.tape.nodes:
        name = script.names[node.id]
        assert same(left[name], program.value(node.id)), name
        arrived = program.cotangent(node.id)
        assert arrived is None or node.name in session.network.kept or node.id == program.root or same(left[f"d{name}"], arrived), f"d{name}"
    assert same(left["w"], session.parameters_arena.flat) and same(left["g"], session.update.applied)
    for name, memory in {**session.update.slots.views, **session.update.counters.views}.items():
        assert same(left[name], memory), name


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("batch", [4, 33])
def test_a_cell_of_one_unit_is_written_down_to_the_last_bit(cell: str, batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a product has one column BLAS goes another way, and the script goes it too."""
    layers = [{"kind": cell, "units": 1}, {"kind": "linear", "units": 1}]
    session = trained(make(data={"kind": "sequence_parity", "steps": 4}, batch_size=batch, layers=layers), 2)
    _, left = run(session, tmp_path, monkeypatch)
    assert same(left["w"], session.parameters_arena.flat) and same(left["g"], session.update.applied)


@pytest.mark.parametrize("spec", PRESETS)
def test_a_student_can_run_it(spec: SessionSpec, tmp_path: Path) -> None:
    """The text alone, in a process of its own, prints the loss and every gradient and parameter; it imports NumPy and nothing else."""
    session = trained(spec, 3)
    script = session.code("numpy")
    (tmp_path / script["name"]).write_text(script["text"], "utf-8")
    if script["loads"]:
        (tmp_path / f"{script['loads']}.npz").write_bytes(session.export("npz", script["loads"]))
    said = subprocess.run([sys.executable, "-W", "error", script["name"]], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert said.stderr == ""
    number = session.network.dtype.type
    assert number(said.stdout.splitlines()[0].removeprefix("loss: ")) == number(session.state()["loss"])
    names = NumpyScript(session).names
    learned = [names[node.id] for node in session.program.tape.nodes if node.name in session.parameters()]
    assert learned and all(f"{name}:" in said.stdout and f"d{name}:" in said.stdout for name in learned)
    assert [line for line in script["text"].splitlines() if "import" in line] == ["import numpy as np"]


@pytest.mark.parametrize("spec", NETWORKS[:40:5])
def test_numbers_stay_in_the_text_of_a_small_network(spec: SessionSpec) -> None:
    assert Session(spec).code("numpy")["loads"] is None


def test_many_numbers_are_loaded() -> None:
    digits = next(preset["spec"] for preset in presets() if preset["name"] == "digits")
    found = Session(SessionSpec.model_validate(digits)).code("numpy")
    assert found["loads"] == "update" and 'np.load("update.npz")' in found["text"] and len(found["text"]) < 6000


def test_what_was_changed_by_hand_is_said() -> None:
    """An edit after the update, or between its own lines, makes the page's numbers others than the update's; the script names them."""
    session = Session(make(optimizer={"kind": "adam"}))
    last = session.instruction_count
    session.seek(Position(2, 5))
    session.edit({"0.W[1,2]": 0.25})
    assert "by hand" not in session.code("numpy")["text"], "the update is computed again from the edited parameters"
    for place in (Position(3, 0), Position(2, last - 1)):
        session = Session(make(optimizer={"kind": "adam"}))
        session.seek(place)
        assert "by hand" not in session.code("numpy")["text"]
        session.edit({"0.W[1,2]": 0.25})
        assert "other numbers in 0.W:" in session.code("numpy")["text"]
        session.run(Position(5, 0))
        assert "by hand" not in session.code("numpy")["text"]


def test_a_changed_setting_leaves_the_finished_update_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After new settings the page still shows the update that was made with the old ones, and so does the script, as far as it can."""
    adam = {"kind": "adam", "learning_rate": 0.02}
    for changes in ({"learning_rate": 0.5}, {"l2": 0.3}, {"l1": 0.0, "clip": {"kind": "norm"}}, {"optimizer": {**adam, "beta1": 0.5}}):
        session = trained(make(optimizer=adam, l1=0.01), 3)
        after = session.parameters_arena.flat.copy()
        session.configure(changes)
        _, left = run(session, tmp_path, monkeypatch)
        assert same(left["w"], after), changes
    session.configure({"optimizer": {"kind": "sgd", "learning_rate": 0.1}})
    script, left = run(session, tmp_path, monkeypatch)
    assert "its memory is gone" in script.text and "w" not in left
    assert same(left["dW0"], session.gradients_arena.views["0.W"])


def test_a_rate_changed_in_the_middle_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(make())
    session.seek(Position(2, 5))
    session.configure({"learning_rate": 0.4})
    for place in (Position(2, 5), Position(3, 0)):
        session.seek(place)
        script, left = run(session, tmp_path, monkeypatch)
        assert left["rate"] == 0.4 and "by hand" not in script.text
    assert same(left["w"], session.parameters_arena.flat)


def test_an_explosion_can_be_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The update that does not stay finite runs without a warning, and up to where the session stands its numbers are the session's."""
    session = Session(make(optimizer={"kind": "sgd", "learning_rate": 1000.0}))
    session.run(Position(100, 0))
    assert session.diverged and session.position.instruction
    script, left = run(session, tmp_path, monkeypatch)
    assert 'np.seterr(all="ignore")' in script.text and not np.isfinite(left["w"]).all()
    for instruction in session.program.instructions[: session.position.instruction]:
        for node, what in instruction.computes:
            numbers = session.program.value(node) if what == "value" else session.program.cotangent(node)
            assert numbers is not None and np.array_equal(left[("" if what == "value" else "d") + script.names[node]], numbers, equal_nan=True)


def test_each_variable_is_one_value() -> None:
    for network in NETWORKS:
        script = NumpyScript(Session(network.values[0]))
        names = list(script.names.values())
        assert len(set(names)) == len(names) and all(name.isidentifier() for name in names)


@pytest.mark.parametrize("op", OPS.values(), ids=str)
def test_every_rule_says_itself_in_numpy(op: Any) -> None:
    assert op.numpy and all(pull.numpy for pull in op.pulls.values())


@pytest.mark.parametrize("value", [0.1, -0.0, 1e-320, 1e308, float("inf"), float("-inf"), float("nan"), 1 / 3])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_numbers_read_back_to_the_same_bits(value: float, dtype: str) -> None:
    with np.errstate(all="ignore"):
        kept = np.array([value, 2.0], dtype)
    precision = "" if dtype == "float64" else "np.float32"
    for values in (kept, kept.reshape(1, 2), kept.reshape(2, 1)):
        assert same(eval(array(values, precision), {"np": np}), values)
    assert same(np.asarray(eval(number(float(kept[0]), precision), {"np": np})), kept[0])


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(UnknownName, match="numpy"):
        Session(make()).code("fortran")
    assert set(FORMS) >= {"numpy"}

"""A frame read by hand, byte by byte, says what the session says."""

import struct
from typing import Any

import numpy as np
import pytest

from engine import FIELDS
from engine.errors import UnknownName
from engine.formula.calls import Array
from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import everything, linear, make, step, trained

SPECS = [*everything(), pytest.param(make(layers=[{"kind": "tanh"}, linear(2, bias=False), {"kind": "softmax"}], l2=0.1), id="odd")]
HEADER = 32


def header(frame: bytes) -> dict[str, int]:
    """The first 32 bytes, taken apart as they are documented."""
    names = ("magic", "version", "flags", "revision", "sequence", "update", "instruction", "epoch")
    return dict(zip(names, struct.unpack_from("<HBBIIIII", frame), strict=True))


def content(session: Session, frame: bytes, names: list[str]) -> dict[str, list[Array]]:
    """The arrays of each field as float64, by the order and the shapes that the graph lists."""
    listed = session.graph()["fields"]
    entries = [(name, entry) for name in names for entry in listed[name]]
    exponents = np.frombuffer(frame, "<f4", len(entries), HEADER)
    place = HEADER + 4 * len(entries)
    found: dict[str, list[Array]] = {name: [] for name in names}
    for (name, entry), exponent in zip(entries, exponents, strict=True):
        values = np.frombuffer(frame, "<f4", entry["size"], place).astype(float)
        found[name].append(np.ldexp(values, int(exponent)).reshape(entry["shape"]))
        place += 4 * entry["size"]
    assert place == len(frame)
    return found


def expected(session: Session, name: str, example: int) -> list[Any]:
    """The same numbers from the session's other answers, in the graph's order."""
    entries = session.graph()["fields"][name]
    if name == "scalars":
        state = session.state()
        loss = session.focus.follow(example)
        each = float(loss.program.value(loss.program.tape.marks["each"])[loss.row, 0])
        return [state["loss"], state["objective"], each, state["learning_rate"]]
    if name in ("values", "cotangents"):
        return [session.values(entry["node"], example)[name[:-1]] for entry in entries]
    if name == "flows":
        assert not entries  # only a formula has them
        return []
    tensors = {
        "gradients": session.gradients(),
        "parameters": session.parameters(),
        "example_gradients": session.gradients(example),
    }[name]
    return [tensors[entry["name"]] for entry in entries]


def rounded(values: Any) -> Array:
    return np.asarray(values, dtype=float).astype(np.float32).astype(float)


@pytest.mark.parametrize("spec", SPECS)
def test_a_frame_carries_what_the_graph_lists(spec: SessionSpec) -> None:
    """Every field alone and all of them together, in an update and after it: the session's own numbers, rounded to float32."""
    session = Session(spec)
    session.run(session.target_backward())
    for position in (session.position, Position(1, 0), Position(3, 2)):
        session.run(position)
        example = session.batch_examples()[-1]
        for names in ([[name] for name in FIELDS], [list(FIELDS)], [list(FIELDS)[::-1]]):
            for chosen in names:
                found = content(session, session.frame(chosen, example, 0, running=False), chosen)
                for name in chosen:
                    for mine, theirs in zip(found[name], expected(session, name, example), strict=True):
                        assert np.array_equal(mine, rounded(theirs)), (position, name)


@pytest.mark.parametrize("spec", SPECS)
def test_an_event_is_the_same_in_json(spec: SessionSpec) -> None:
    session = trained(spec, 2)
    example = session.batch_examples()[0]
    event = session.event(list(FIELDS), example, 9, running=True)
    assert event["position"] == session.position.json() and event["sequence"] == 9 and event["running"]
    for name in FIELDS:
        assert list(event[name].values()) == expected(session, name, example)
        keys = [str(entry.get("node", entry["name"])) for entry in session.graph()["fields"][name]]
        assert list(event[name]) == keys


def test_the_header_says_where_the_session_stands() -> None:
    session = Session(make())
    session.run(Position(4, 3))
    found = header(session.frame([], None, 77, running=True))
    assert found == {"magic": 0x5042, "version": 1, "flags": 1, "revision": 1, "sequence": 77, "update": 4, "instruction": 3, "epoch": 1}
    assert len(session.frame([], None, 0, running=False)) == HEADER
    step(session, "batch")
    session.configure({"l2": 0.1})
    assert header(session.frame([], None, 0, running=False)) == {**found, "flags": 0, "revision": 2, "sequence": 0, "update": 5, "instruction": 0}
    assert header(session.frame([], None, 2**32 + 5, running=False))["sequence"] == 5


def tiny(depth: int) -> Session:
    """Weights of 1e-10 in a row: each layer shrinks the gradient by ten powers of ten."""
    small = {"kind": "constant", "value": 1e-10}
    layers = [{"kind": "linear", "units": 2, "init": small} for _ in range(depth)]
    session = Session(make(layers=layers))
    session.run(session.target_backward())
    return session


def test_tiny_gradients_survive() -> None:
    """A gradient of 1e-60, which float32 cannot hold, arrives with all the digits of a float32."""
    session = tiny(7)
    gradients = session.gradients()
    assert 0 < np.abs(gradients["0.W"]).max() < 1e-58
    found = content(session, session.frame(["gradients", "cotangents"], None, 0, running=False), ["gradients", "cotangents"])
    for mine, theirs in zip(found["gradients"], gradients.values(), strict=True):
        assert mine == pytest.approx(np.asarray(theirs), rel=1e-7, abs=0)
    exponents = np.frombuffer(session.frame(["gradients"], None, 0, running=False), "<f4", len(gradients), HEADER)
    assert exponents[0] < -180
    assert exponents[-1] == 0


def test_the_smallest_number_survives() -> None:
    session = Session(make())
    session.run(session.target_backward())
    session.gradients_arena.flat[...] = 5e-324
    found = content(session, session.frame(["gradients"], None, 0, running=False), ["gradients"])
    assert all((part == 5e-324).all() for part in found["gradients"])


@pytest.mark.filterwarnings("error")
def test_what_is_not_finite_travels() -> None:
    """Infinities, not-a-numbers and numbers beyond float32 are legal in a frame, and null in JSON; the header says that the run diverged."""
    session = Session(make(optimizer={"kind": "sgd", "learning_rate": 900}))
    session.run(Position(1000, 0))
    assert session.diverged
    session.gradients_arena.flat[:4] = [np.inf, -np.inf, np.nan, 1e300]
    frame = session.frame(list(FIELDS), None, 0, running=False)
    assert header(frame)["flags"] == 2
    assert np.array_equal(content(session, frame, list(FIELDS))["gradients"][0].ravel()[:4], [np.inf, -np.inf, np.nan, np.inf], equal_nan=True)
    event = session.event(["gradients"], None, 0, running=False)
    assert event["diverged"] and event["gradients"]["0.W"][0][:3] == [None, None, None]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_floats_are_little_endian_singles(dtype: str) -> None:
    session = Session(make(dtype=dtype))
    session.edit({"0.W[0,0]": 1.5})
    frame = session.frame(["parameters"], None, 0, running=False)
    assert struct.unpack_from("<f", frame, HEADER + 4 * len(session.parameters())) == (1.5,)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(UnknownName, match="gradients"):
        Session(make()).frame(["weights"], None, 0, running=False)

"""A session comes back from bytes as it was: every number now, every number it will have, and every place that it can go back to."""

import json
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from engine import saved
from engine.errors import Diverged, OutOfReach, SpecError, Unreadable
from engine.fingerprint import fingerprint
from engine.position import Position
from engine.saved import HEAD, VERSION, from_bytes, written
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import bits, linear, make, mixture, to_bytes

MIXTURES = range(0, 24, 2)


def go(session: Session, to: Position) -> None:
    """Towards a position, as far as numbers stay finite."""
    with suppress(Diverged):
        session.seek(to)


def eventful(spec: SessionSpec) -> Session:
    """A session in the middle of an update, with changes by hand, a past that was left, and two branches."""
    session = Session(spec)
    name = next(iter(session.parameters_arena.views))
    go(session, Position(8, 0))
    session.edit({name: np.full(session.parameters_arena.views[name].shape, 0.125).tolist()})
    go(session, Position(12, 2))
    go(session, Position(4, 1))
    session.configure({"optimizer": {"kind": "adam", "learning_rate": 0.01}, "l2": 0.001})
    go(session, Position(10, 0))
    session.branches.rename(session.timeline.number, "the other way")
    go(session, Position(11, 3))
    return session


def told(session: Session) -> dict[str, Any]:
    """What a reader is told of a session, without the numbers by which a page notices that it must look again."""
    state = {name: value for name, value in session.state().items() if name not in ("revision", "marks")}
    return json.loads(json.dumps({"state": state, "branches": session.branches.json(curves=True), "curves": session.history.json()}))


@pytest.mark.parametrize("seed", MIXTURES)
def test_it_comes_back_and_goes_on_bit_for_bit(seed: int) -> None:
    """Random networks of everything there is: the same numbers, the same words, and from there the same future and the same past."""
    spec = mixture(seed)
    session = eventful(spec)
    back, exact = from_bytes(to_bytes(session), spec)
    assert exact and back.position == session.position
    assert bits(back) == bits(session) and told(back) == told(session)
    for each in (session, back):
        go(each, Position(16, 1))
    assert bits(back) == bits(session) and told(back) == told(session)
    for place in (Position(2, 2), Position(9, 0), Position(11, 1)):
        for each in (session, back):
            go(each, place)
        assert back.position == session.position and bits(back) == bits(session)
    for each in (session, back):
        each.seek(each.switch(1))
    assert back.position == session.position and bits(back) == bits(session)


def test_it_comes_back_where_nothing_has_happened_yet() -> None:
    session = Session(make())
    back, _ = from_bytes(to_bytes(session), make())
    assert bits(back) == bits(session) and told(back) == told(session)


def test_a_fault_comes_back_with_its_sentence() -> None:
    """A run that was stopped before the first number that is not finite."""
    spec = make(layers=[linear(4), {"kind": "relu"}, linear(2)], optimizer={"kind": "sgd", "learning_rate": 60.0})
    session = Session(spec)
    session.run(Position(4_000, 0))
    back, _ = from_bytes(to_bytes(session), spec)
    assert session.fault and back.fault and back.fault.json(back.position) == session.fault.json(session.position)
    for each in (session, back):
        each.run(each.target("op", 1))
    assert bits(back) == bits(session) and told(back) == told(session)


@pytest.mark.parametrize("size", [1, 100, 4096, 10**9])
def test_a_session_is_written_as_it_stood_though_it_has_gone_on_since(size: int) -> None:
    session = eventful(make())
    whole, kept = to_bytes(session), written(session)
    session.run(Position(20, 0))
    pieces = list(kept.pieces(size))
    assert b"".join(pieces) == whole and len(kept) == len(whole)
    assert {len(piece) for piece in pieces[:-1]} <= {size} and 0 < len(pieces[-1]) <= size


def test_the_past_is_kept_within_its_room() -> None:
    """Of a long run some snapshots are left out; what lies between is found by a longer replay."""
    session = Session(SessionSpec())
    session.run(Position(1_500, 0), tap=())
    whole, small = to_bytes(session, 10**9), to_bytes(session, 50_000)
    assert len(small) < 150_000 < len(whole)
    back, _ = from_bytes(small, SessionSpec())
    for place in (Position(777, 4), Position(5, 1)):
        for each in (session, back):
            each.seek(place)
        assert bits(back) == bits(session)


def test_on_another_machine_only_what_was_kept_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where arithmetic differs, the numbers are those that were saved, the future is open, and nobody is promised the past."""
    session = eventful(make())
    bytes_ = to_bytes(session)
    monkeypatch.setattr(saved, "fingerprint", lambda: {**fingerprint(), "bits": "others"})
    back, exact = from_bytes(bytes_, make())
    assert not exact and back.position == session.position and bits(back) == bits(session)
    with pytest.raises(OutOfReach, match="go back to update 11, op 3"):
        back.seek(Position(3, 0))
    for branch in (1, 2):
        place = back.switch(branch)
        assert back.position == place == back.timeline.end
    back.run(Position(20, 0))
    assert back.position == (20, 0)


@pytest.mark.parametrize(
    "spoil, says",
    [
        (lambda good: good[:10], "cut short"),
        (lambda good: b"PK" + good[2:], "not a saved session"),
        (lambda good: HEAD.pack(b"BPLS", VERSION + 1, 2) + b"{}", "newer"),
        (lambda good: HEAD.pack(b"BPLS", VERSION - 1, 2) + b"{}", "older"),
        (lambda good: good[:-4_000], "cut short"),
        (lambda good: good[:16] + b"\xff" + good[17:], "damaged"),
        (lambda good: good.replace(b'"<f8"', b'"|O8"', 1), "damaged"),
        (lambda good: good.replace(b'"lineage"', b'"linaege"', 1), "does not fit"),
    ],
)
def test_what_cannot_be_read_says_why(spoil: Any, says: str) -> None:
    good = to_bytes(eventful(make()))
    with pytest.raises(Unreadable, match=says):
        from_bytes(spoil(good), make())


def test_it_is_not_put_under_another_spec() -> None:
    good = to_bytes(eventful(make()))
    for other in (make(seed=12), make(layers=[linear(5), {"kind": "tanh"}, linear(2)])):
        with pytest.raises(Unreadable):
            from_bytes(good, other)
    with pytest.raises(SpecError):
        from_bytes(good, make(batch_size=3, loss={"kind": "binary_cross_entropy"}))


def test_the_fingerprint_is_of_results_and_the_same_every_time() -> None:
    assert fingerprint() == fingerprint() and len(fingerprint()["bits"]) == 64
    assert fingerprint()["numpy"] == np.__version__

"""What shares its memory: the parts of a value, and the gradients that a sum passes on."""

import numpy as np
import pytest

from engine.position import Position
from engine.session import Session
from tests.engine.networks import make

SEQUENCES = {"kind": "sequence_parity", "steps": 3}


def session_of(cell: str) -> Session:
    """A recurrent network after an update."""
    session = Session(make(data=SEQUENCES, layers=[{"kind": cell, "units": 3}, {"kind": "linear", "units": 1}]))
    session.run(Position(1, 0))
    return session


def places(session: Session, name: str) -> list[int]:
    """The nodes of that name."""
    return [node.id for node in session.program.tape.nodes if node.name == name and node.op]


def test_an_lstms_gates_are_views_of_one_sum() -> None:
    """The four parts are read where they stand, and their gradients are written there; what is read and what is carried get that very gradient."""
    session = session_of("lstm")
    program = session.program
    for z, read, carried in zip(
        [node for node in places(session, "z") if program.tape.nodes[node].op.name == "add"], places(session, "read"), places(session, "carried"), strict=True
    ):  # type: ignore[union-attr]
        parts = [node.id for node in program.tape.nodes if node.op and node.op.name == "part" and node.inputs == (z,)]
        assert len(parts) == 4
        for part in parts:
            assert np.shares_memory(program.value(part), program.value(z)) and np.shares_memory(program.cotangents.views[part], program.cotangents.views[z])
        assert program.cotangents.views[read] is program.cotangents.views[z] is program.cotangents.views[carried]
    silent = [each for each in program.instructions if not each.calls and not each.passing]
    assert {program.tape.nodes[each.node].name for each in silent if each.node is not None} == {"z", "c"}


def test_what_has_a_second_reader_keeps_its_own_gradient() -> None:
    """The hidden state is read by the next moment and by three gates: nothing that reads it may write over what another has given."""
    program = session_of("gru").program
    hidden = [node for node in program.tape.nodes if node.name == "h" and node.id in program.cotangents.spans]
    assert len(hidden) == 3
    for node in hidden:
        others = [view for other, view in program.cotangents.views.items() if other != node.id]
        assert not any(np.shares_memory(program.cotangents.views[node.id], view) for view in others)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_gradient_is_the_measured_slope(cell: str) -> None:
    session = session_of(cell)
    assert session.check_all()["ok"]

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


@pytest.mark.parametrize("cell, sums, silent", [("lstm", "z", {"z", "c"}), ("gru", "sums", {"z", "read", "carried"})])
def test_a_cells_gates_are_views_of_one_sum(cell: str, sums: str, silent: set[str]) -> None:
    """The four parts are read where they stand, and their gradients are written there; a sum's summands get the very gradient that arrives."""
    program = session_of(cell).program
    found = [node for node in program.tape.nodes if node.name == sums and node.op and node.op.whole]
    assert len(found) == SEQUENCES["steps"]
    for whole in found:
        parts = [node.id for node in program.tape.nodes if node.op and node.op.name == "part" and node.inputs == (whole.id,)]
        assert len(parts) == 4
        for part in parts:
            assert np.shares_memory(program.value(part), program.value(whole.id))
            assert np.shares_memory(program.cotangents.views[part], program.cotangents.views[whole.id])
    without = [each for each in program.instructions if not each.calls and not each.passing and each.computes[0][1] != "gradient"]
    assert {program.tape.nodes[each.node].name for each in without if each.node is not None} == silent


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

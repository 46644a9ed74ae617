"""The list that training replays gives the bits that the instructions give one after the other, in fewer calls."""

import numpy as np
import pytest

from engine.position import Position
from engine.session import Session
from engine.spec import SessionSpec
from tests.engine.networks import arrays, linear, make, ways_to_train

DEEP = make(layers=[linear(5), {"kind": "sigmoid"}, linear(4), {"kind": "tanh"}, linear(3), {"kind": "sigmoid"}, linear(4), {"kind": "tanh"}, linear(2)])


@pytest.mark.parametrize("spec", [*ways_to_train(), DEEP])
def test_replayed_calls_are_the_instructions(spec: SessionSpec) -> None:
    """From the same buffers, with the constants in place, one pass over either list leaves the same bits."""
    session = Session(spec)
    session.run(Position(2, 0))
    program = session.program
    start = [array.copy() for array in arrays(session)]
    with np.errstate(all="ignore"):
        program.run()
    stepped = [array.copy() for array in arrays(session)]
    for array, before in zip(arrays(session), start, strict=True):
        np.copyto(array, before)
    with np.errstate(all="ignore"):
        program.prime(1)
        for function, arguments in program.calls:
            function(*arguments)
    for one, other in zip(arrays(session), stepped, strict=True):
        assert one.tobytes() == other.tobytes()
    assert len(program.calls) + len(program.constants) <= sum(len(instruction.calls) for instruction in program.instructions)


def test_slopes_and_biases_are_taken_together() -> None:
    """Two sigmoid and two tanh layers cost two slopes; five biases cost one take; the share of the loss is left out."""
    program = Session(DEEP).program
    names = [getattr(function, "__name__", "") for function, _ in program.calls]
    assert names.count("take") == 1
    steps = [getattr(function, "__name__", "") for instruction in program.instructions for function, _ in instruction.calls]
    assert steps.count("take") == 5
    assert steps.count("square") - names.count("square") == 1
    assert len(program.constants) >= 1
    assert len(program.calls) < len(steps) - 6


def test_windows_are_laid_out_once() -> None:
    """A convolution whose image nobody changes meanwhile hands its windows from the forward pass to the filters' gradient; all biases are one take."""
    image = [{"kind": "reshape", "to": [1, 2, 2]}, {"kind": "conv2d", "filters": 2, "size": 2}, {"kind": "flatten"}, linear(2)]
    program = Session(make(layers=[linear(4), *image])).program
    copies = [sum(function is np.copyto for function, _ in calls) for calls in (program.calls, [c for i in program.instructions for c in i.calls])]
    assert copies[1] - copies[0] >= 1 + 4
    program = Session(make(layers=[linear(6), linear(2)])).program
    function, (index, *_) = next(call for call in program.calls if getattr(call[0], "__name__", "") == "take")
    batch = program.tape.nodes[0].shape[0]
    assert function.__self__ is program.parameters.flat and index.size == batch * (6 + 2)

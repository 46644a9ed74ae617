"""All moments of a sequence taken apart by one copy, where they stand one after the other."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.adjacent import follows, stacked, stretches
from engine.formula import Call
from engine.ops import OPS
from engine.tape import Node

if TYPE_CHECKING:
    from engine.program import Program


def taken_at_once(program: "Program") -> dict[int, list[Call]]:
    """For each moment that needs other calls than its own when an update is run as a whole those calls: all with the first, none with the others."""
    found: dict[int, list[Call]] = {}
    for run in _runs(program):
        steps = [node.choices["at"] for node in run]
        on = steps[1] - steps[0]
        whole = program.value(run[0].inputs[0])[:, steps[0] :: on][:, : len(run)].swapaxes(0, 1)
        found |= {node.id: [] for node in run} | {run[0].id: [(np.copyto, (stacked(program.value(run[0].id), len(run)), whole))]}
    return found


def _runs(program: "Program") -> Iterator[list[Node]]:
    """Moments of one sequence, onward or backward, each of which stands where the one before ends."""

    def goes_on(run: list[Node], node: Node) -> bool:
        steps = [each.choices["at"] for each in (*run[-2:], node)]
        one_way = steps[-1] - steps[-2] in (1, -1) and len({b - a for a, b in zip(steps, steps[1:], strict=False)}) == 1
        return one_way and node.inputs == run[-1].inputs and follows(program.value(run[-1].id), program.value(node.id))

    moments = (node for node in program.tape.nodes if node.op is OPS["moment"])
    return (run for run in stretches(moments, goes_on) if len(run) > 1)

"""What each link of a formula carries back for the followed example: what arrives at a value times the local slope. What several links bring adds up."""

from typing import TYPE_CHECKING

import numpy as np

from engine.focus import Followed
from engine.formula.calls import Array

if TYPE_CHECKING:
    from engine.session import Session


def links(session: "Session") -> list[tuple[int, str]]:
    """The links that training carries gradients back along, as a node and the op's input: of a formula, and of nothing else."""
    program = session.program
    return [
        (node.id, name)
        for node in program.tape.nodes
        if node.id in program.tape.names and node.op
        for name, source in node.arguments().items()
        if name in node.op.pulls and program.tape.nodes[source].role == "value" and program.cotangent(source) is not None
    ]


def flows(session: "Session", followed: Followed) -> list[Array]:
    """The number that each of these links carries for the example, in their order."""
    program, found = followed.program, []
    for number, name in links(session):
        node = program.tape.nodes[number]
        edges, dy = program.pull(node, name).edges, program.cotangent(number)
        assert edges is not None and dy is not None
        with np.errstate(all="ignore"):
            passed = sum(edge.local * float(dy[edge.out]) for edge in edges((followed.row, 0), program.pulled(node, name)))
        found.append(np.asarray(passed))
    return found

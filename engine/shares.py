"""What each example of a batch says of one gradient: its own share, and how the shares add up to the batch's mean."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.formula.calls import Array
from engine.ladder import ROWS, rounded
from engine.op import Index
from engine.ops import OPS
from engine.plain import plain
from engine.program import Program

if TYPE_CHECKING:
    from engine.session import Session


def shares(session: "Session", node: int, index: Index) -> Array:
    """The gradient at one element, (examples,), for each example of the shown batch alone; `index` has no batch axis."""
    program = session.focus.each(session.batch_examples())
    if program.tape.nodes[node].role == "parameter":
        return _of_parameter(program, node, index)
    cotangent = program.cotangent(node)
    assert cotangent is not None
    return np.array([own[index] for own in cotangent])


def penalty(session: "Session", node: int, index: Index) -> float:
    """What L1 and L2 add to a parameter's gradient: it belongs to the batch's objective and to no example."""
    program, settings = session.program, session.computed_with
    name = program.tape.nodes[node].name
    if session.parameters_arena.views[name].ndim < 2:
        return 0.0
    start, stop = session.parameters_arena.spans[name]
    weight = session.shown_parameters()[start:stop].reshape(session.parameters_arena.views[name].shape)
    found = 0.0
    for kind, strength in (("l1", settings.l1), ("l2", settings.l2)):
        edges = OPS[f"{kind}_penalty"].pulls["W"].edges
        if strength and edges:
            found += sum(edge.local for edge in edges(index, {"W": weight, kind: np.asarray(strength)}))
    return found


def added_up(rows: list[int], own: Array, extra: float, gradient: float | None) -> dict[str, Any]:
    """The examples' gradients, their sum and the sum over n: the strongest rows, the folded rest, the mean, and what the penalties add to it."""
    order = sorted(range(len(rows)), key=lambda place: -abs(own[place])) if len(rows) > ROWS else list(range(len(rows)))
    shown, rest = order[:ROWS], order[ROWS:]
    total = float(own.sum())
    mean = total / len(rows)
    return {
        "count": len(rows),
        "rows": [{"example": rows[place], "gradient": plain(own[place])} for place in shown],
        "folded": {"count": len(rest), "sum": plain(own[rest].sum())} if rest else None,
        "sum": plain(total),
        "mean": plain(mean),
        "relation": "=" if rounded(rounded(total) / len(rows)) == rounded(mean) else "≈",
        "penalty": plain(extra) if extra else None,
        "gradient": gradient,
    }


def _of_parameter(program: Program, node: int, index: Index) -> Array:
    """A parameter is shared by all examples, so its gradient for each comes through the scalar links of the ops that read it."""
    found = np.zeros(program.value(program.tape.marks["each"]).shape[0])
    for reader in program.tape.nodes[node + 1 : program.tape.marks["each"] + 1]:
        for name, source in reader.arguments().items():
            dy = program.cotangent(reader.id)
            if source != node or reader.op is None or name not in reader.op.pulls or dy is None:
                continue
            edges = program.pull(reader, name).edges
            for edge in edges(index, program.pulled(reader, name)) if edges else ():
                found[edge.out[0]] += edge.local * float(dy[edge.out])
    return found

"""A recurrent layer unrolled over time: its states and gates with their real values, the gradients that arrive, and what each step adds to a shared matrix."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UnknownName
from engine.estimate import refuse_estimate
from engine.focus import Followed
from engine.formula.calls import Array
from engine.layers.recurrent import Recurrent
from engine.plain import plain
from engine.tape import Node, step_of
from engine.uses import contribution, readers
from engine.within import called, chosen, described, owner, recurrent
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

STACKED = 20_000
"""Numbers of all steps' contributions to one matrix that are sent; of more only their sizes."""


def sequence(session: "Session", layer: int | None = None, example: int | None = None, of: str | None = None, scope: str | None = None) -> dict[str, Any]:
    """One example's way through a recurrent layer, step by step; `of` names the parameter whose contributions are sent in full, without it the recurrent one.

    It is the layer of this scope, or the first in this layer.

    Raises UnknownName where there is none or it has no such parameter, OutOfReach for an estimated gradient.
    """
    node = chosen("recurrent layer", recurrent(session.program.tape.nodes), layer, scope)
    refuse_estimate(session, "gradients over time")
    followed = session.focus.follow(example)
    all_nodes, own_scope = followed.program.tape.nodes, owner(node.scope)
    nodes = [each for each in all_nodes if each.scope.startswith(f"{own_scope}/t=")]
    read = {source for each in nodes for source in each.inputs}
    own = [each for each in all_nodes if each.role == "parameter" and each.id in read]
    parameter = of or next(each.name for each in own if each.name.endswith(".U"))
    if parameter not in {each.name for each in own}:
        raise UnknownName("parameter of this layer", parameter, [each.name for each in own])
    arrives = {number for one in session.program.instructions for number, what in one.computes if what == "cotangent"}
    moments = [_moment(arrives, followed, list(group), own_scope.count("/") + 1) for _, group in groupby(nodes, key=step_of)]
    moments.sort(key=lambda moment: (moment["way"], moment["t"]))
    shared = [_shared(session, followed, each, full=each.name == parameter) for each in own]
    made, title = described(session.network, node), called(session, node)
    assert isinstance(made, Recurrent)
    return {
        "layer": node.layer, "scope": own_scope, "title": title, "kind": made.kind, "example": followed.example, "units": made.units,
        "steps": len({moment["t"] for moment in moments}), "states": list(made.states), "returns": made.returns, "parameter": parameter,
        "moments": moments, "shared": shared, "sentence": _sentence(moments, title),
    }  # fmt: skip


def _moment(arrives: set[int], followed: Followed, nodes: list[Node], deep: int) -> dict[str, Any]:
    """One time step of a layer whose scope has so many parts: what is read, the states and the gates, each with the gradient that arrives there."""
    where = step_of(nodes[0])
    assert where
    t, way = where
    outer = {node.name: node for node in nodes if node.scope.count("/") == deep and node.role == "value"}
    gates = {node.scope.split("/")[-1]: node for node in nodes if node.scope.count("/") > deep and node.name == node.scope.split("/")[-1]}
    return {
        "t": t + 1, "way": way, "scope": nodes[0].scope.split("/t=")[0] + f"/t={t}{'_' if way else ''}{way}",
        "x": _state(arrives, followed, outer["x"]), "h": _state(arrives, followed, outer["h"]),
        "c": _state(arrives, followed, outer["c"]) if "c" in outer else None,
        "cut": any(node.op and node.op.name == "stop_gradient" for node in nodes),
        "gates": {name: _state(arrives, followed, node) for name, node in gates.items()},
    }  # fmt: skip


def _state(arrives: set[int], followed: Followed, node: Node) -> dict[str, Any]:
    """A node's numbers for the followed example, the gradients arriving at them, and their size."""
    program, row = followed.program, followed.row
    arriving = program.cotangent(node.id)
    own = arriving[row] if arriving is not None else None
    return {
        "node": node.id,
        "stopped": node.id not in arrives,
        "value": plain(program.value(node.id)[row]),
        "gradient": plain(own) if own is not None else None,
        "size": plain(_size(own)) if own is not None else None,
    }  # fmt: skip


def _shared(session: "Session", followed: Followed, node: Node, *, full: bool) -> dict[str, Any]:
    """A shared parameter's gradient as a stack: what each step adds, from the last one back, as the program does it."""
    parts = []
    for reader, name in reversed(readers(followed.program, node.id)):
        where = step_of(reader)
        assert where
        at = next((one.index for one in session.program.instructions if one.phase == "backward" and (one.node, one.wrt) == (reader.id, name)), None)
        parts.append((where, at, contribution(followed.program, reader, name)))
    total = session.focus.gradients.views[node.name]
    running = np.zeros_like(total)
    rows = []
    send = full and total.size * len(parts) <= STACKED
    size = _size(total)
    last = max((at for _, at, _ in parts if at is not None), default=None)
    for (t, way), at, part in parts:
        running += part
        at = last if at is None else at
        rows.append(
            {
                "t": t + 1, "way": way, "at": at, "size": plain(_size(part)), "running": plain(_size(running)),
                "left": plain(_size(total - running)), "part": plain(part) if send else None,
            }
        )  # fmt: skip
    return {"name": node.name, "shape": list(total.shape), "size": plain(size), "rows": rows, "total": plain(total) if send else None}


def _size(numbers: Array) -> float:
    """The Euclidean length."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.square(numbers).sum()))


def _sentence(moments: list[dict[str, Any]], title: str) -> str:
    """How the gradient changes on its way back from the last step to the first."""
    onward = [moment["h"]["size"] for moment in moments if not moment["way"]] or [moment["h"]["size"] for moment in moments]
    first, last = onward[0], onward[-1]
    if first is None or last is None:
        return f"A gradient of {title} is not a finite number."
    if not last:
        return f"The gradient at the last step of {title} is exactly 0."
    if not first:
        return f"On its way back through {title} the gradient becomes exactly 0."
    times = last / first if first < last else first / last
    change = "keeps its size" if figure(times, 2) == "1" else f"{'shrinks' if first < last else 'grows'} {figure(times, 2)} times"
    return f"From time step {len(onward)} back to 1, the gradient at the hidden state {change}: from {figure(last, 3)} to {figure(first, 3)}."

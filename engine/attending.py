"""An attention laid open for one example and one head: scores, weights and mix, their gradients, and one cell through its row of the softmax Jacobian."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import OutOfReach, UnknownName
from engine.estimate import refuse_estimate
from engine.formula.calls import Array
from engine.graph import values as node_values
from engine.ladder import relation
from engine.plain import plain
from engine.program import Program
from engine.tape import Node
from engine.within import by_scope, called, chosen, owner

if TYPE_CHECKING:
    from engine.session import Session

FIELDS = ("queries", "keys", "values", "scores", "weights", "mix")


def attention(
    session: "Session", layer: int | None = None, example: int | None = None, head: int = 0, cell: tuple[int, int] = (0, 0), scope: str | None = None
) -> dict[str, Any]:
    """What one head of a layer (the first that attends where None) makes of an example: fields (steps, …) and what arrives at them, and one cell.

    `scope` chooses among layers inside one. Raises OutOfReach where nothing attends or gradients are estimated, UnknownName for a layer, head or cell that
    is not there.
    """
    refuse_estimate(session, "the inside of an attention")
    found = by_scope(node for node in session.program.tape.nodes if node.op and node.op.name == "scores" and node.layer is not None)
    if not found:
        raise OutOfReach("nothing attends in this network; add an attention, a multi-head attention or a transformer block")
    opened = chosen("layer with attention", found, layer, scope)
    nodes = _parts(session.program.tape.nodes, opened.id)
    _, heads, steps, others = nodes["scores"].shape
    if not (0 <= head < heads and 0 <= cell[0] < steps and 0 <= cell[1] < others):
        raise UnknownName("cell", f"head {head}, {cell[0]},{cell[1]}", f"heads 0 to {heads - 1} and cells up to {steps - 1},{others - 1}")
    followed = session.focus.follow(example)
    known = {name: node_values(session, node.id, None)["known"] for name, node in nodes.items()}
    fields, gradients = _fields(followed.program, followed.row, nodes, head)
    masked = _masked(nodes["weights"], steps, others)
    return {
        "layer": opened.layer, "scope": owner(opened.scope), "example": followed.example, "head": head, "heads": heads,
        "layers": [{"layer": each.layer, "scope": scope, "label": called(session, each)} for scope, each in found.items()],
        "nodes": {name: node.id for name, node in nodes.items()}, "read": _read(session, followed.program, followed.row, steps),
        "fields": {name: plain(value) if known[name]["value"] else None for name, value in fields.items()},
        "gradients": {name: plain(value) if known[name]["cotangent"] else None for name, value in gradients.items()},
        "masked": masked.tolist(), "cell": _cell(fields, gradients, masked, cell, known),
    }  # fmt: skip


def _parts(nodes: list[Node], scores: int) -> dict[str, Node]:
    """The nodes of one attention, by what they are called."""
    weights = next(node for node in nodes if node.inputs[:1] == (scores,))
    mix = next(node for node in nodes if node.inputs[:1] == (weights.id,))
    asked = (*nodes[scores].inputs, mix.inputs[1])
    return {**dict(zip(FIELDS, (nodes[each] for each in asked), strict=False)), "scores": nodes[scores], "weights": weights, "mix": mix}


def _fields(program: Program, row: int, nodes: dict[str, Node], head: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """The values of one head and what arrives at them: (steps, steps), or (steps, units of the head)."""
    fields, gradients = {}, {}
    for name, node in nodes.items():
        value, cotangent = program.value(node.id)[row], program.cotangent(node.id)
        assert cotangent is not None
        if value.ndim == 3:
            part: Any = head
        else:
            size = node.shape[2] // nodes["scores"].shape[1]
            part = (slice(None), slice(head * size, (head + 1) * size))
        fields[name], gradients[name] = value[part], cotangent[row][part] + 0.0  # no negative zeros
    return fields, gradients


def _masked(weights: Node, steps: int, others: int) -> Array:
    """Which cells a mask closes."""
    causal = weights.op is not None and weights.op.name == "causal_softmax"
    return np.asarray(~np.tri(steps, others, dtype=bool) if causal else np.zeros((steps, others), dtype=bool))


def _read(session: "Session", program: Program, row: int, steps: int) -> list[str]:
    """What stands at each position: the token where an embedding reads them, else its number."""
    first = session.network.layers[0]
    if not first.first or program.batch.views[0].shape[1] != steps:
        return [str(step + 1) for step in range(steps)]
    names = session.data.class_names or ()
    tokens = [int(token) for token in program.batch.views[0][row]]
    return [names[token] if len(names) > token else str(token) for token in tokens]


def _cell(fields: dict[str, Array], gradients: dict[str, Array], masked: Array, cell: tuple[int, int], known: dict[str, Any]) -> dict[str, Any]:
    """One cell: its row of the softmax Jacobian, arriving × slope for each weight of its row, and what goes on from its score and its weight."""
    i, j = cell
    weights, arriving = fields["weights"][i].astype(float), gradients["weights"][i].astype(float)
    closed = bool(masked[i, j])
    terms = []
    for m in range(len(weights)):
        slope = 0.0 if closed or masked[i, m] else float(weights[m] * ((m == j) - weights[j]))
        terms.append({"column": m, "arriving": plain(arriving[m]), "slope": plain(slope), "product": plain(slope * arriving[m]), "masked": bool(masked[i, m])})
    passed, scale = float(gradients["scores"][i, j]), fields["queries"].shape[1] ** -0.5
    weight = float(weights[j])
    shares = {
        "query": passed * scale * fields["keys"][j].astype(float), "key": passed * scale * fields["queries"][i].astype(float),
        "value": weight * gradients["mix"][i].astype(float),
    }  # fmt: skip
    forward, backward = known["weights"]["value"], known["scores"]["cotangent"]
    return {
        "row": i, "column": j, "masked": closed, "score": plain(fields["scores"][i, j]) if forward else None, "weight": plain(weight) if forward else None,
        "terms": terms if backward else None, "passed": plain(passed) if backward else None,
        "relation": relation([term["product"] for term in terms], passed), "scale": scale,
        "shares": {name: plain(value) for name, value in shares.items()} if backward else None,
        "sentence": _sentence(i, j, passed, closed=closed, backward=backward, forward=forward),
    }  # fmt: skip


def _sentence(i: int, j: int, passed: float, *, closed: bool, backward: bool, forward: bool) -> str:
    if closed:
        return (
            f"Masked: position {i + 1} may not look at position {j + 1}, which comes later. Its weight is exactly 0 whatever its score is, "
            "so exactly 0 goes back to the score, and nothing from here to a query, a key or a value."
        )
    if not forward:
        return "Nothing is computed here yet."
    if not backward:
        return f"Position {i + 1} asks position {j + 1}. The gradient has not come back to this cell yet."
    way = "does not change" if passed == 0 else "rises" if passed > 0 else "falls"
    return f"If position {i + 1} looked a little more at position {j + 1}, this example's loss {way}{'' if passed == 0 else ' at first'}."

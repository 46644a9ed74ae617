"""One neuron laid open: its weighted sum, its activation, and the chain rule from the loss home down to its values."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.columns import Column
from engine.errors import UnknownName
from engine.focus import Followed
from engine.formula import math
from engine.graph import values as node_values
from engine.ladder import Ladder, curve, relation
from engine.op import Index
from engine.plain import plain
from engine.sentences import nudge
from engine.shares import added_up, shares
from engine.tape import Node, Tape
from engine.trace import line
from engine.turns import turns_of

if TYPE_CHECKING:
    from engine.session import Session

TERMS = 12
"""Terms of a sum that are shown; the rest is folded into one row with its sum."""
UNTRAINED = "Training does not compute this gradient, because nothing before it learns; it is worked out here."


def neuron(session: "Session", number: int, index: Index, example: int | None) -> dict[str, Any]:
    """The neuron that node `number` belongs to. `ladder` leads down to that node, `onward` from there to the neuron's weighted sum.

    A value that is no neuron's, such as one of an image, is laid open by itself; `index` has no batch axis.
    """
    column = _column(session, number, index)
    own = shares(session, number, index) if session.position > (0, 0) else None
    followed = session.focus.follow(example)
    ladder = Ladder(session, followed)
    shown = column.post if column else number
    first = column.pre if column and column.pre is not None else shown
    between = [node.id for node in session.program.tape.nodes[first:number] if node.role in ("input", "value")]
    gradient = ladder.total(number, ladder.place(number, index))
    found: dict[str, Any] = {
        "kind": "neuron", "name": session.symbols.text(shown, *index), "symbol": math(session.symbols.math(shown, *index)),
        "node": shown, "asked": number, "index": index[0] if column else list(index), "example": followed.example,
        "known": node_values(session, shown, None)["known"],
        **(_sum(session, followed, ladder, column, index[0]) if column else _alone(session, followed, ladder, number, index)),
        "gradient": gradient["value"] if gradient["known"] else None,
        "note": None if session.program.cotangent(number) is not None else UNTRAINED,
        "ladder": ladder.down_to(number, index),
        "onward": [ladder.rung(node, index) for node in between[::-1]],
        "batch": added_up(session, own, 0.0, None) if own is not None and gradient["known"] else None,
        "nudge": _nudge(session, gradient["value"], session.symbols.text(number, *index)) if gradient["known"] else None,
    }  # fmt: skip
    return found


def _column(session: "Session", number: int, index: Index) -> Column | None:
    """The column that a node belongs to, or None for a value that is no neuron's; raises UnknownName where there is no such value."""
    nodes = session.program.tape.nodes
    column = session.symbols.column_of(number)
    node = nodes[number] if number < len(nodes) else None
    tape = session.program.tape
    value = node is not None and node.role == "value" and (node.id <= turns_of(tape)[-1].prediction or node.id in tape.names)
    shape = (column.units,) if column else node.shape[1:] if node and value else ()
    if len(index) != len(shape) or any(i >= n for i, n in zip(index, shape, strict=True)):
        raise UnknownName("neuron", f"{number}[{','.join(map(str, index))}]", [f"{c.post}[0…{c.units - 1}]" for c in session.symbols.columns])
    return column


def _alone(session: "Session", followed: Followed, ladder: Ladder, number: int, index: Index) -> dict[str, Any]:
    """The numbers of a value that is no neuron's: itself and the gradient arriving at it."""
    program, place = followed.program, (followed.row, *index)
    reference = f"value:{number}[{','.join(map(str, index))}]"
    value = {"symbol": math(session.symbols.of(number, index)), "value": plain(program.value(number)[place]), "ref": reference}
    node = program.tape.nodes[number]
    return {
        "terms": [], "folded": None, "bias": None, "z": None, "a": value, "curve": None, "relation": "=",
        "cotangent_z": None, "cotangent_a": ladder.total(number, place),
        "sentence": _said(program.tape, node),
    }  # fmt: skip


def _said(tape: Tape, node: Node) -> str:
    """What a value that is no neuron's is."""
    return f"{line(tape, node)}, which is {node.name}." if node.id in tape.names else f"One of the values of {node.name.replace('_', ' ')}."


def _sum(session: "Session", followed: Followed, ladder: Ladder, column: Column, unit: int) -> dict[str, Any]:
    """The neuron's own numbers: the terms of its weighted sum, z, a, the activation's curve, and the gradients arriving at both."""
    program, row = followed.program, followed.row

    def tile(node: int) -> dict[str, Any]:
        return {"symbol": math(session.symbols.of(node, (unit,))), "value": plain(program.value(node)[row, unit]), "ref": f"value:{node}[{unit}]"}

    found: dict[str, Any] = {
        "terms": [], "folded": None, "bias": None, "z": None, "a": tile(column.post), "curve": None, "relation": "=",
        "cotangent_z": None, "cotangent_a": ladder.total(column.post, (row, unit)),
        "sentence": f"Input {session.symbols.text(column.post, unit)} of example {followed.example}.",
    }  # fmt: skip
    if column.pre is None or column.index == 0:
        return found
    found["z"], found["cotangent_z"] = tile(column.pre), ladder.total(column.pre, (row, unit))
    total = _terms(session, followed, column.pre, unit, found)
    found["relation"] = relation([term["product"] for term in found["terms"]] + [found["bias"]["value"] if found["bias"] else 0.0], total)
    if column.post != column.pre:
        post = program.tape.nodes[column.post]
        found["curve"] = curve(post, program.numbers(post), float(program.value(post.inputs[0])[row, unit]))
    else:
        found["a"] = found["cotangent_a"] = None
    found["sentence"] = f"{session.symbols.text(column.post, unit)} adds up its weighted inputs{' and its bias' if found['bias'] else ''}" + (
        f", then applies {column.activation}." if found["a"] else "."
    )
    return found


def _terms(session: "Session", followed: Followed, pre: int, unit: int, found: dict[str, Any]) -> float:
    """Write the terms, what is folded of them and the bias into `found`; their total."""
    program, row, symbols = followed.program, followed.row, session.symbols
    arguments = program.tape.nodes[pre].arguments()
    inputs, weights = program.value(arguments["x"])[row], program.value(arguments["W"])[:, unit]
    products = inputs * weights
    shown = sorted(np.argsort(-np.abs(products))[:TERMS]) if products.size > TERMS else range(products.size)
    name = program.tape.nodes[arguments["W"]].name
    for i in map(int, shown):
        weight = {"symbol": math(symbols.of(arguments["W"], (i, unit))), "value": plain(weights[i]), "ref": f"parameter:{name}[{i},{unit}]"}
        value = {"symbol": math(symbols.of(arguments["x"], (i,))), "value": plain(inputs[i]), "ref": f"value:{arguments['x']}[{i}]"}
        found["terms"].append({"weight": weight, "input": value, "product": plain(products[i])})
    if products.size > TERMS:
        found["folded"] = {"count": int(products.size - TERMS), "sum": plain(products.sum() - products[list(shown)].sum())}
    if "b" in arguments:
        bias = program.tape.nodes[arguments["b"]]
        symbol = math(symbols.parameter(bias, (unit,)))
        found["bias"] = {"symbol": symbol, "value": plain(program.value(bias.id)[unit]), "ref": f"parameter:{bias.name}[{unit}]"}
    return float(products.sum() + (found["bias"]["value"] or 0.0 if found["bias"] else 0.0))


def _nudge(session: "Session", gradient: float | None, what: str) -> str:
    return nudge(np.nan if gradient is None else gradient, what, broken=session.computed_with.bug is not None)

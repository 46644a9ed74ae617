"""A shared weight's gradient as the sum that it is: each place or time step at which the weight is used says its own part."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.estimate import refuse_estimate
from engine.focus import Followed
from engine.formula.calls import Array
from engine.ladder import relation
from engine.lender import Lender
from engine.op import Index, emit_pull
from engine.plain import plain
from engine.program import Program
from engine.settings import pointed
from engine.tape import Node, step_of
from engine.turns import after
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

LISTED = 4096
"""Uses of one weight by one example that are listed; the rest is given as one sum."""


def readers(program: Program, node: int) -> list[tuple[Node, str]]:
    """Each op that reads a parameter, with the name that it has there, in the order in which they run."""
    found = []
    for reader in after(program.tape, node):
        found += [(reader, name) for name, source in reader.arguments().items() if source == node and reader.op and name in reader.op.pulls]
    return found


def contribution(program: Program, reader: Node, name: str) -> Array:
    """What one op alone says of a parameter's gradient: its pull-back, run into a buffer of its own."""
    dy = program.cotangent(reader.id)
    assert dy is not None
    into = np.empty_like(program.value(reader.arguments()[name]))
    calls = emit_pull(program.pull(reader, name), name, into, {**program.pulled(reader, name), "dy": dy}, Lender(into.dtype))
    with np.errstate(all="ignore"):
        for function, arguments in calls:
            function(*arguments)
    return into


def uses(session: "Session", target: str, example: int | None = None) -> dict[str, Any]:
    """Every use of `parameter:1.U[2,3]` by one example: what arrives there, the local derivative, their product, and the sum so far in the order of the pass.

    Raises UnknownName for anything but one number of a parameter, OutOfReach for an estimated gradient.
    """
    refuse_estimate(session, "uses of a weight")
    short, index = pointed(session.parameters_arena, target)
    node = next(made for made in session.program.tape.nodes if made.role == "parameter" and made.name == short)
    followed = session.focus.follow(example)
    computed = {(one.node, one.wrt): one.index for one in session.program.instructions if one.phase == "backward"}
    rows = [row for reader, name in reversed(readers(followed.program, node.id)) for row in _rows(session, followed, reader, name, index, computed)]
    last = max((row["at"] for row in rows if row["at"] is not None), default=None)
    rows = [{**row, "at": last if row["at"] is None else row["at"]} for row in rows]  # beyond a cut nothing is computed, and nothing is to come
    products = np.array([row["product"] for row in rows])
    total = float(session.focus.gradients.views[short][index])
    kept = abs(float(products.sum())) / float(np.abs(products).sum()) if products.any() else None
    image = list(followed.program.tape.nodes[rows[0]["node"]].shape[2:]) if rows and rows[0]["place"] else None
    return {
        "target": target, "example": followed.example, "count": len(rows),
        "rows": [{**row, "running": plain(running)} for row, running in zip(rows[:LISTED], np.cumsum(products), strict=False)],
        "folded": {"count": len(rows) - LISTED, "sum": plain(products[LISTED:].sum())} if len(rows) > LISTED else None,
        "shape": image, "total": plain(total), "adds": relation([float(product) for product in products], total),
        "kept": plain(kept) if kept is not None else None,
        "sentence": _sentence(rows, products, kept, steps="step" in rows[0] if rows else False),
    }  # fmt: skip


def _rows(session: "Session", followed: Followed, reader: Node, name: str, index: Index, computed: dict[Any, int]) -> list[dict[str, Any]]:
    """The scalar links of one op that reads the parameter, for the followed example."""
    program = followed.program
    dy, rule = program.cotangent(reader.id), program.pull(reader, name)
    found = []
    for edge in (rule.edges(index, program.pulled(reader, name)) if rule.edges else ()) if dy is not None else ():
        if edge.out[0] == followed.row:
            arriving = float(dy[edge.out])  # type: ignore[index]
            where = step_of(reader) or ((edge.out[1], "") if len(edge.out) == 3 else None)
            found.append(
                {
                    "node": reader.id, "name": reader.name, "place": list(edge.out[2:]) if len(edge.out) == 4 else [],
                    "at": computed.get((reader.id, name)), "arriving": plain(arriving), "local": plain(edge.local), "product": edge.local * arriving,
                    "ref": f"cotangent:{reader.id}[{','.join(map(str, edge.out[1:]))}]", **({"step": where[0] + 1, "way": where[1]} if where else {}),
                }
            )  # fmt: skip
    return found


def _sentence(rows: list[dict[str, Any]], products: Array, kept: float | None, *, steps: bool) -> str:
    """How many uses there are, which weighs most, and how far they cancel."""
    if len(rows) < 2:
        return "This weight is used once by each example, so its gradient is one product."
    what = "time steps" if steps else "places of the window" if rows[0]["place"] else "places"
    if kept is None or not np.isfinite(products).all():
        return f"Used at {len(rows)} {what}; " + ("every part is exactly 0." if kept is None else "a part is not a finite number.")
    strongest = rows[int(np.argmax(np.abs(products)))]
    share = abs(strongest["product"]) / float(np.abs(products).sum())
    place = f"time step {strongest['step']}" if steps else f"row {strongest['place'][0] + 1}, column {strongest['place'][1] + 1}" if rows[0]["place"] else ""
    return (
        f"One weight, used at {len(rows)} {what}: its gradient is the sum of {len(rows)} parts. "
        f"The strongest{', ' + place + ',' if place else ''} is {figure(100 * share, 2)} % of their total size; "
        f"after cancelling, {figure(100 * kept, 2)} % of it is left."
    )

"""Every path from the loss of one example to one parameter: as rows of factors where they are few, else the strongest and the sum of the rest."""

from collections.abc import Sequence
from itertools import pairwise
from math import fsum, isfinite, log2, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.columns import skipped
from engine.estimate import refuse_estimate
from engine.keeping import refuse_kept
from engine.ladder import Ladder, relation
from engine.plain import plain
from engine.settings import pointed
from engine.strongest import Step, Strongest
from engine.unrolled import Unrolled
from engine.within import bypassed
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

MOST = 20
"""Paths that are listed where nothing else is asked for."""


def paths(session: "Session", target: str, example: int | None, most: int = MOST) -> dict[str, Any]:
    """The paths to `parameter:2.W[2,3]`, the `most` strongest as rows whose products, with the remainder's, add up to the example's gradient.

    Raises UnknownName for anything but one number of a parameter, and TooLarge where there are more scalar links than the session's limit.
    """
    name, index = pointed(session.parameters_arena, target)
    refuse_kept(name)
    refuse_estimate(session, "paths")
    followed = session.focus.follow(example)
    ladder = Ladder(session, followed)
    node = next(n.id for n in session.program.tape.nodes if n.name == name and n.role == "parameter")
    total = ladder.total(node, index)
    found: dict[str, Any] = {
        "target": target, "example": followed.example, "known": total["known"], "gradient": total["value"] if total["known"] else None, "total": total,
        "links": None, "limit": session.limits["links"], "count": None, "counted": None, "zero": None, "rows": [], "remainder": None, "sum": None,
        "size": None, "relation": "=", "sentence": "The paths are laid out as soon as this gradient is computed.",
    }  # fmt: skip
    if total["known"]:
        mixes = followed.program.tape.mixes
        own, every = (Unrolled(session, followed, node, index, session.limits["links"], whole=whole) if mixes or not whole else None for whole in (False, True))
        assert own is not None
        found |= _laid_out(session, own, every or own, ladder, most)
    return found


def _laid_out(session: "Session", unrolled: Unrolled, every: Unrolled, ladder: Ladder, most: int) -> dict[str, Any]:
    """The rows are of the paths within the example, what they are a part of is of all, through the other examples of the batch too."""
    ways = every.ways[every.target]
    count, alive = ways.count[0], ways.alive[0]
    found: dict[str, Any] = {"links": every.edges, "count": count, "counted": f"{count:,}", "zero": count - alive}
    total, size = float(ways.total[0]), float(ways.size[0])
    endless = f"{_many(count)} to this gradient, and a factor or a product on one of them is not a finite number, so together they say nothing."
    if not every.finite or not isfinite(size):
        return {**found, "sentence": endless}
    rows = [_row(session, unrolled, ladder, steps) for steps in Strongest(unrolled, most).paths()]
    products = [row["product"] for row in rows]
    if None in products:
        return {**found, "sentence": endless}
    rest = count - len(rows)
    gradient = ladder.total(unrolled.target, unrolled.index)["value"]
    remainder = {"count": rest, "counted": f"{rest:,}", "sum": plain(total - fsum(products))} if rest else None
    terms = [*products, remainder["sum"] if remainder else 0.0]
    through = count - unrolled.ways[unrolled.target].count[0]
    said = _sentence(count, count - alive, abs(products[0]) / size if size else None, abs(total) / size if size else None, through)
    return {**found, "rows": rows, "remainder": remainder, "sum": plain(total), "size": plain(size), "relation": relation(terms, gradient), "sentence": said}


def _row(session: "Session", unrolled: Unrolled, ladder: Ladder, steps: list[Step]) -> dict[str, Any]:
    """One path from the loss home: the neurons it passes, its factors, their product, and which factor changes it most."""
    factors = [_factor(unrolled, ladder, step) for step in reversed(steps)]
    local = [step.local for step in reversed(steps)]
    marked = _marked(local)
    effect = None if marked is None else "ends" if local[marked] == 0 else "shrinks" if abs(local[marked]) < 1 else "grows"
    return {"neurons": _neurons(session, unrolled, steps), "factors": factors, "product": plain(prod(local)), "marked": marked, "effect": effect}


def _factor(unrolled: Unrolled, ladder: Ladder, step: Step) -> dict[str, Any]:
    program = unrolled.program
    reader, place, out = program.tape.nodes[step.reader], unrolled.place(step.node, step.source), unrolled.place(step.reader, step.out)
    edges = program.pull(reader, step.name).edges
    assert edges is not None
    edge = next(edge for edge in edges(place, program.pulled(reader, step.name)) if edge.out == out)
    return ladder.local(reader, edge, place)


def _marked(local: list[float]) -> int | None:
    """The factor that shrinks or grows a path most; None where all are 1 or −1."""
    sizes = [abs(log2(abs(value))) if value else float("inf") for value in local]
    largest = max(sizes)
    return sizes.index(largest) if largest else None


def _neurons(session: "Session", unrolled: Unrolled, steps: list[Step]) -> list[dict[str, str]]:
    """The neurons between the loss and the parameter, each once, and the ways through or around residual layers, each with the value that stands there."""
    symbols = session.symbols
    blocks = {column.post for column in symbols.columns if column.kind != "neurons"}
    passed = []
    for step in reversed(steps):
        column = symbols.column_of(step.reader)
        reader = unrolled.program.tape.nodes[step.reader]
        place = unrolled.place(step.reader, step.out)[1:]
        past = skipped(reader)
        if step.reader in blocks:
            passed.append(_stands(symbols.text(step.reader, *place), step.reader, place))
        if past is not None:
            way = "around" if step.node == past else "through"
            passed.append(_stands(f"{way} {bypassed(session, reader)}", step.reader, place))
        elif column:
            passed.append({"text": symbols.text(column.post, step.out), "ref": f"value:{column.post}[{step.out}]"})
    return passed[:1] + [after for before, after in pairwise(passed) if after != before]


def _stands(text: str, node: int, place: Sequence[int]) -> dict[str, str]:
    return {"text": text, "ref": f"value:{node}[{','.join(map(str, place))}]"}


def _many(count: int) -> str:
    return "1 path leads from the loss" if count == 1 else f"{count:,} paths lead from the loss"


def _sentence(count: int, zero: int, strongest: float | None, kept: float | None, through: int) -> str:
    """How many paths there are, how many are dead or lead `through` other examples, how much the strongest carries and how much is left when they cancel."""
    parts = [f"{_many(count)} to this weight."]
    if through:
        parts.append(f"{through:,} of them {'leads' if through == 1 else 'lead'} through other examples of the batch, which are told by their sum.")
    if zero == count:
        parts.append("A factor on it is exactly 0." if count == 1 else "Each has a factor that is exactly 0.")
    elif zero:
        parts.append(f"{zero:,} of them {'has' if zero == 1 else 'have'} a factor that is exactly 0.")
    if count > 1 and strongest is not None and kept is not None:
        parts.append(f"The strongest{' within this example' if through else ''} carries {_share(strongest)} of their total size.")
        parts.append("Nothing cancels." if np.isclose(kept, 1.0) else f"They cancel until {_share(kept)} of it is left.")
    return " ".join(parts)


def _share(part: float) -> str:
    return f"{figure(100 * part, 2)} %"

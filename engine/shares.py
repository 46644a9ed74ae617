"""What each example of a batch says of one gradient: its own share, and how the shares add up to the batch's mean."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.checks import computed
from engine.estimate import estimated, place_of
from engine.formula.calls import Array
from engine.keeping import refuse_kept
from engine.ladder import ROWS, rounded
from engine.op import Index
from engine.ops import OPS
from engine.plain import plain
from engine.program import Program
from engine.settings import pointed
from engine.tape import Node
from engine.turns import after, each_of
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

LISTED = 32
"""Examples whose gradients are listed one by one; of more, the strongest, and the sum of the rest."""
ROUNDINGS = 1e4
"""Roundings of the mean size by which a sum in another order may differ."""


def shares(session: "Session", node: int, index: Index) -> Array:
    """The gradient at one element, (examples,), for each example of the shown batch alone; `index` has no batch axis."""
    rows = session.batch_examples()
    made = session.program.tape.nodes[node]
    if made.role == "parameter" and (estimate := session.focus.estimate(rows)):
        return estimate.shares(place_of(session, made.name, index))
    if session.program.tape.mixes:
        return np.array([_alone(session, made, row, index) for row in rows])
    program = session.focus.each(rows)
    if made.role == "parameter":
        return _of_parameter(program, node, index)
    cotangent = program.cotangent(node)
    assert cotangent is not None
    return np.array([own[index] for own in cotangent])


def _alone(session: "Session", made: Node, example: int, index: Index) -> float:
    """One example's own, from a backward pass of its own: where examples are mixed, what is together in one pass cannot be told apart."""
    followed = session.focus.follow(example)
    array = followed.program.cotangent(made.id)
    assert array is not None
    return float(array[index if made.role == "parameter" else (followed.row, *index)])


def penalty(session: "Session", node: int, index: Index, own: Array) -> float:
    """What L1 and L2 add to a parameter's gradient: it belongs to the batch's objective and to no example. Of an estimate it is what `own` leaves of it."""
    program, settings = session.program, session.computed_with
    name = program.tape.nodes[node].name
    if estimated(session):
        return float(session.gradients_arena.views[name][index] - own.mean()) if settings.l1 or settings.l2 else 0.0
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


def added_up(session: "Session", own: Array, extra: float, gradient: float | None) -> dict[str, Any]:
    """The examples' gradients, their sum and the sum over n: the strongest rows, the folded rest, the mean, and what the penalties add to it.

    `agrees` is whether that is the batch's own `gradient`, up to rounding: a bug that is switched on may see to it that it is not. Where examples are mixed,
    what each says of a weight may cancel altogether, so rounding is measured by the largest gradient there is.
    """
    rows = session.batch_examples()
    order = sorted(range(len(rows)), key=lambda place: -abs(own[place])) if len(rows) > ROWS else list(range(len(rows)))
    shown, rest = order[:ROWS], order[ROWS:]
    total = float(own.sum())
    mean = total / len(rows)
    rounding = ROUNDINGS * float(np.finfo(session.network.dtype).eps)
    scale = float(np.abs(own).mean())
    if session.program.tape.mixes:
        scale = max(scale, float(np.abs(session.gradients_arena.flat).max()))
    return {
        "count": len(rows),
        "rows": [{"example": rows[place], "gradient": plain(own[place])} for place in shown],
        "folded": {"count": len(rest), "sum": plain(own[rest].sum())} if rest else None,
        "sum": plain(total),
        "mean": plain(mean),
        "relation": "=" if rounded(rounded(total) / len(rows)) == rounded(mean) else "≈",
        "penalty": plain(extra) if extra else None,
        "gradient": gradient,
        "agrees": gradient is None or abs(mean + extra - gradient) <= rounding * (scale + abs(extra)),
    }


def examples(session: "Session", target: str, example: int | None) -> dict[str, Any]:
    """What each example of the shown batch says of `parameter:2.W[2,3]`: its gradient, which way it pulls, and how much is left when they cancel.

    Raises UnknownName for anything but one number of a parameter.
    """
    short, index = pointed(session.parameters_arena, target)
    refuse_kept(short)
    node = next(n.id for n in session.program.tape.nodes if n.role == "parameter" and n.name == short)
    rows = session.batch_examples()
    found: dict[str, Any] = {"target": target, "example": example, "known": short in computed(session), "count": len(rows), "rows": [], "folded": None}
    if not found["known"]:
        return {**found, "sentence": "Each example's gradient is laid out as soon as this gradient is computed."}
    own = shares(session, node, index)
    batch = added_up(session, own, penalty(session, node, index, own), plain(session.gradients_arena.views[short][index]))
    size = float(np.abs(own).sum())
    up, down = int((own < 0).sum()), int((own > 0).sum())
    kept = abs(float(own.sum())) / size if size else None
    strongest = sorted(range(len(rows)), key=lambda place: -abs(own[place]))
    rest = strongest[LISTED:]
    return {
        **found,
        **{key: batch[key] for key in ("sum", "mean", "relation", "penalty", "gradient", "agrees")},
        "rows": [{"example": rows[place], "gradient": plain(own[place])} for place in sorted(strongest[:LISTED], key=lambda place: own[place])],
        "folded": {"count": len(rest), "sum": plain(own[rest].sum())} if rest else None,
        "size": plain(size), "up": up, "down": down, "still": len(rows) - up - down, "kept": plain(kept) if kept is not None else None,
        "sentence": _sentence(up, down, len(rows) - up - down, kept, "bias" if len(index) == 1 else "weight"),
    }  # fmt: skip


def _sentence(up: int, down: int, still: int, kept: float | None, what: str) -> str:
    """Which examples pull a parameter up, which down, and how far they cancel. An example pulls against its gradient."""
    count = up + down + still
    if kept is None or not np.isfinite(kept):
        return f"No example pulls this {what}: each gradient is exactly 0." if kept is None else "An example's gradient is not a finite number here."
    if count == 1:
        return f"There is one example in this batch, and it pulls this {what} {'up' if up else 'down'}."
    idle = f" {still} {'does' if still == 1 else 'do'} not pull." if still else ""
    if not up or not down:
        every = "All" if not still else f"{count - still} of"
        return f"{every} {count} pull this {what} {'up' if up else 'down'}; nothing cancels.{idle}"
    return f"{up} of {count} pull this {what} up, {down} pull it down; they cancel to {figure(100 * kept, 2)} % of their total size.{idle}"


def _of_parameter(program: Program, node: int, index: Index) -> Array:
    """A parameter is shared by all examples, so its gradient for each comes through the scalar links of the ops that read it."""
    found = np.zeros(program.value(each_of(program.tape, node)).shape[0])
    for reader in after(program.tape, node):
        for name, source in reader.arguments().items():
            dy = program.cotangent(reader.id)
            if source != node or reader.op is None or name not in reader.op.pulls or dy is None:
                continue
            edges = program.pull(reader, name).edges
            for edge in edges(index, program.pulled(reader, name)) if edges else ():
                found[edge.out[0]] += edge.local * float(dy[edge.out])
    return found

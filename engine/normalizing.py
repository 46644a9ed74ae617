"""A normalisation laid open: mean and variance, and the gradient at each value as what comes straight, through the mean, and through the variance.

Batch normalisation takes them of one unit (or channel) over the examples of the batch and all places, layer normalisation of one example's units.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import OutOfReach, UnknownName
from engine.estimate import refuse_estimate
from engine.focus import Followed
from engine.formula.calls import Array
from engine.graph import values as node_values
from engine.ladder import relation
from engine.plain import plain
from engine.program import Program
from engine.tape import Node
from engine.turns import refuse_players
from engine.uses import contribution
from engine.within import called, owner
from engine.words import percent

if TYPE_CHECKING:
    from engine.session import Session

OPS = ("standardize", "layer_norm")
PARTS = ("direct", "mean", "variance")
LISTED = 64
"""Members of a normalisation that are listed: the followed one, and the first others."""


def normalization(session: "Session", node: int | None = None, example: int | None = None, unit: int = 0, place: int = 0) -> dict[str, Any]:
    """What one normalisation (the first where None) does with a unit of the followed example, at one of its places.

    `members` are the values that mean and variance are taken of, at this place: the examples of the batch, or the units of the example. Each has its value,
    what it becomes, and the gradient of the followed example's loss at it in three parts, which add up to the engine's. Raises OutOfReach and UnknownName.
    """
    refuse_players(session, "A normalisation laid open")
    refuse_estimate(session, "a share of a mean or a variance")
    nodes = session.program.tape.nodes
    found = [made for made in nodes if made.op and made.op.name in OPS and (made.op.name != "standardize" or _of_the_batch(nodes, made))]
    if not found:
        raise OutOfReach("nothing is normalised in this network; add a batch_norm or a layer_norm")
    chosen = next((made for made in found if made.id == node), found[0] if node is None else None)
    if chosen is None:
        raise UnknownName("normalisation", node, [made.id for made in found])
    units, places = _sizes(chosen)
    if not (0 <= unit < units and 0 <= place < places):
        raise UnknownName("unit", f"{unit} at place {place}", f"units 0 to {units - 1} at places 0 to {places - 1}")
    followed = session.focus.follow(example)
    batch = chosen.op is not None and chosen.op.name == "standardize"
    if batch and not followed.in_batch:
        raise OutOfReach("this example is not in the batch whose mean and variance are taken; follow one that is")
    source = nodes[chosen.inputs[0]]
    x, total, parts, others = (_batch if batch else _layer)(followed.program, followed.row, chosen, unit, place)
    own = followed.row if batch else unit
    mean, variance, count = _statistics(followed.program, followed.row, chosen, unit, x)
    names = session.batch_examples() if batch else list(range(units))
    values = {"x": node_values(session, source.id, None)["known"], "y": node_values(session, chosen.id, None)["known"]}
    forward, backward = values["y"]["value"], values["x"]["cotangent"]
    eps = float(chosen.attributes["eps"])
    y = (x - mean) / np.sqrt(variance + eps)
    shares = _shares(parts, own, batch=batch, known=bool(backward))
    listed = [own, *(each for each in range(len(x)) if each != own)][:LISTED]
    return {
        "node": chosen.id, "input": source.id, "kind": "batch" if batch else "layer", "example": followed.example, "unit": unit, "units": units,
        "place": place, "places": places, "count": count, "eps": eps,
        "all": [{"node": made.id, "label": f"{called(session, made)}{_which(found, made)}"} for made in found],
        **{name: plain(value) if forward else None for name, value in (("mean", mean), ("variance", variance), ("spread", np.sqrt(variance + eps)))},
        "members": [
            {
                "number": names[each], "own": each == own, "x": plain(x[each]) if forward else None, "y": plain(y[each]) if forward else None,
                **{name: plain(parts[name][each]) if backward else None for name in PARTS}, "other": plain(others[each]) if backward else None,
                "total": plain(total[each]) if backward else None,
                "relation": relation([*(float(parts[name][each]) for name in PARTS), float(others[each])], float(total[each])),
            }
            for each in sorted(listed)
        ],
        "listed": len(listed), "of": len(x), "arriving": plain(_arriving(followed, chosen, unit, place)) if backward else None,
        **shares, "sentence": _sentence(shares, batch=batch, here=" at this place" if places > 1 else ""),
    }  # fmt: skip


def _of_the_batch(nodes: list[Node], made: Node) -> bool:
    """Whether mean and variance are the batch's own, and not what is remembered."""
    mean = nodes[made.inputs[1]]
    return mean.op is not None and mean.op.name == "feature_mean"


def _sizes(made: Node) -> tuple[int, int]:
    """How many units or channels, and how many places of one example each of them has."""
    image = len(made.shape) == 4 and made.op is not None and made.op.name == "standardize"
    units = made.shape[1] if image else made.shape[-1]
    return units, int(np.prod(made.shape[1:])) // units


def _laid(values: Array, made: Node) -> Array:
    """Values as (batch, places, units)."""
    if len(made.shape) == 4 and made.op and made.op.name == "standardize":
        return values.reshape(*values.shape[:2], -1).swapaxes(1, 2).astype(float)
    return values.reshape(len(values), -1, made.shape[-1]).astype(float)


def _batch(program: Program, row: int, made: Node, unit: int, place: int) -> tuple[Array, Array, dict[str, Array], Array]:
    """One unit of all examples at a place: values, the engine's gradients, the three parts of each, and what comes by ways around the normalisation."""
    nodes = program.tape.nodes
    names = dict(zip(PARTS, ((made, "x"), (nodes[made.inputs[1]], "x"), (nodes[made.inputs[2]], "x")), strict=True))
    source, total = made.inputs[0], program.cotangent(made.inputs[0])
    assert total is not None
    pick = (slice(None), place, unit)
    parts = {name: _laid(contribution(program, reader, argument), made)[pick] for name, (reader, argument) in names.items()}
    whole = _laid(total, made)[pick]
    return _laid(program.value(source), made)[pick], whole, parts, _around(program, source, made, whole, parts)


def _layer(program: Program, row: int, made: Node, unit: int, place: int) -> tuple[Array, Array, dict[str, Array], Array]:
    """The units of one example at a place, likewise."""
    source, total, arrived = made.inputs[0], program.cotangent(made.inputs[0]), program.cotangent(made.id)
    assert total is not None and arrived is not None
    x, y, dy, whole = (_laid(values, made)[row, place] for values in (program.value(source), program.value(made.id), arrived, total))
    spread = np.sqrt(x.var() + made.attributes["eps"])
    parts = {"direct": dy / spread, "mean": np.full_like(dy, -dy.mean() / spread), "variance": -y * (dy * y).mean() / spread}
    return x, whole, parts, _around(program, source, made, whole, parts)


def _around(program: Program, source: int, made: Node, whole: Array, parts: dict[str, Array]) -> Array:
    """What comes to the values by other ops that read them, such as the second path of a residual layer: exactly 0 where there is none."""
    own = {made.id, *made.inputs[1:]}
    around = [reader for reader in program.tape.nodes if source in reader.inputs and reader.id not in own]
    return whole - sum(parts.values()) if around else np.zeros_like(whole)


def _statistics(program: Program, row: int, made: Node, unit: int, x: Array) -> tuple[float, float, int]:
    """Mean, variance, and over how many values they are taken."""
    if made.op and made.op.name == "standardize":
        mean, variance = (float(program.value(each)[row, unit]) for each in made.inputs[1:3])
        return mean, variance, len(x) * _sizes(made)[1]
    return float(x.mean()), float(x.var()), len(x)


def _arriving(followed: Followed, made: Node, unit: int, place: int) -> float:
    """The gradient at what the followed value becomes."""
    arrived = followed.program.cotangent(made.id)
    assert arrived is not None
    return float(_laid(arrived, made)[followed.row, place, unit])


def _shares(parts: dict[str, Array], own: int, *, batch: bool, known: bool) -> dict[str, float | None]:
    """`elsewhere`: the share of all sizes, at this place, that goes to other examples; `shared`: the share of the followed one's by mean and variance."""
    sizes = np.abs(sum(parts.values()))
    straight, others = abs(float(parts["direct"][own])), abs(float(parts["mean"][own])) + abs(float(parts["variance"][own]))
    return {
        "elsewhere": plain(1 - sizes[own] / sizes.sum()) if batch and known and sizes.sum() > 0 else None,
        "shared": plain(others / (straight + others)) if known and straight + others > 0 else None,
    }


def _which(found: list[Node], made: Node) -> str:
    """Its number, where one layer normalises several times."""
    same = [each.id for each in found if owner(each.scope) == owner(made.scope)]
    return f", {same.index(made.id) + 1}" if len(same) > 1 else ""


def _sentence(shares: dict[str, float | None], *, batch: bool, here: str) -> str:
    elsewhere, shared = shares["elsewhere"], shares["shared"]
    if batch:
        why = "Each example of the batch moves the mean and the variance that all are normalised with, so this one’s loss hangs on every other one’s value too"
        return (
            f"{why}."
            if elsewhere is None
            else f"{why}: {percent(elsewhere)} of the gradient’s size{here} goes to the others, through the mean and the variance alone."
        )
    why = (
        "Each unit moves the mean and the variance that all units of the example are normalised with, so what arrives at one comes back to every other one too"
    )
    return f"{why}." if shared is None else f"{why}: {percent(shared)} of what comes to this unit comes through the mean and the variance."

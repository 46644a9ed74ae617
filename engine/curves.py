"""How large the gradients of each layer that learns are, in three numbers: what the curves of a run are made of."""

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from engine.network import Network
from engine.plain import plain
from engine.sentences import label

if TYPE_CHECKING:
    from engine.session import Session

FEW = 12
"""Parameters that have a curve of their own where the whole network has no weights but single numbers."""
SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Curve:
    """One layer, or one parameter of a formula, and the parameters whose numbers it counts."""

    key: str
    layer: int
    names: tuple[str, ...]


def curves_of(network: Network) -> list[Curve]:
    """A curve for each layer with parameters: over all its weights, not its biases; over all its parameters where it has only vectors.

    A layer with layers inside is one. The parameters of a formula, which are single numbers, have one each, and so has each of a network of such.
    """
    shapes = network.learned
    if all(shape in ((), (1,)) for shape in shapes.values()):
        return [Curve(name, int(name.partition(".")[0]), (name,)) for name in list(shapes)[:FEW]]
    found = []
    for index, group in groupby(shapes, key=lambda name: name.partition(".")[0]):
        names = tuple(group)
        found.append(Curve(index, int(index), tuple(name for name in names if len(shapes[name]) > 1) or names))
    return found


def named(session: "Session", curve: Curve) -> str:
    """What a curve is called: its layer as everywhere on the page, or its parameter."""
    return label(session, curve.layer) if curve.key == str(curve.layer) else curve.key.partition(".")[2]


def sizes(session: "Session") -> dict[str, tuple[float | None, ...]]:
    """The 10th, 50th and 90th percentile of |gradient| of each curve; nothing before the first update."""
    if session.position.update == 0:
        return {}
    views, found = session.gradients_arena.views, {}
    for curve in curves_of(session.network):
        parts = [views[name] for name in curve.names]
        gradient = parts[0] if len(parts) == 1 else np.concatenate([part.ravel() for part in parts])
        places = [round(share * (gradient.size - 1)) for share in SHARES]
        ordered = np.partition(np.abs(gradient), places, axis=None)
        found[curve.key] = tuple(plain(ordered[place]) for place in places)
    return found

"""Where a net is measured, layer by layer or moment by moment: the gradient there, the activations, and which units give nothing back."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.component import kinds
from engine.formula.calls import Array
from engine.layers import Activation, Layer
from engine.layers.recurrent import Recurrent
from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.session import Session

NEAR = 0.01
"""How close to a bound a saturated unit stands, as a share of what lies between the two."""
SHARE = 0.9
"""For what share of the examples it stands there."""
BOUNDS = {kind.op: kind.bounds for kind in kinds(Layer) if issubclass(kind, Activation) and kind.op != "softmax"}
SHARES = (0.1, 0.5, 0.9)
Band = tuple[float, float, float]
Bounds = tuple[float | None, float | None]
Bounded = tuple[Node, Bounds]


@dataclass(frozen=True)
class Spread:
    """The activations of one place over the examples: mean and deviation of all, and how far a unit moves from one example to the next (root mean square)."""

    mean: float
    deviation: float
    signal: float


def gradients(session: "Session") -> dict[str, Band]:
    """The 10th, 50th and 90th percentile of |∂L/∂W| in each layer of weights or, where a sequence is read, of |∂L/∂h| at each moment; from the input on."""
    program = session.program
    moments = [(node, program.cotangents.views.get(node.id)) for node in _moments(session, program.tape)]
    if moments:
        return {_moment(node): _band(found) for node, found in moments if found is not None}
    views = session.gradients_arena.views
    return {f"layer {number}": _band(views[name]) for number, name in enumerate((name for name in views if name.endswith(".W")), start=1)}


def units(session: "Session", examples: int) -> Iterator[tuple[str, Spread, str]]:
    """Each place with its spread and its units' marks, over the first so many rows of the training part.

    A letter stands for each unit: `d` is dead (0 for every example, where 0 is the only bound), `s` is saturated, `.` is neither.
    """
    inputs, _ = session.data.part("train")
    program = session.evaluator.run(inputs[:examples])
    recurrent: list[Bounded] = [(node, (-1.0, 1.0)) for node in _moments(session, program.tape)]
    for number, (node, bounds) in enumerate(recurrent or _activations(program.tape), start=1):
        values = program.value(node.id).reshape(len(inputs[:examples]), -1)
        yield _moment(node) if recurrent else f"layer {number}", _spread(values), _marks(values, bounds)


def lengths(session: "Session") -> tuple[float, float]:
    """The length of the whole gradient of the last update, and of what was applied: another one where it is clipped."""
    return tuple(float(np.sqrt(flat.dot(flat))) for flat in (session.gradients_arena.flat, session.update.applied))  # type: ignore[return-value]


def _band(values: Array) -> Band:
    places = [round(share * (values.size - 1)) for share in SHARES]
    ordered = np.partition(np.abs(values), places, axis=None)
    low, median, high = (float(ordered[place]) for place in places)
    return low, median, high


def _spread(values: Array) -> Spread:
    with np.errstate(all="ignore"):
        return Spread(float(values.mean()), float(values.std()), float(np.sqrt(values.var(axis=0).mean())))


def _marks(values: Array, bounds: Bounds) -> str:
    low, high = bounds
    letters = np.full(values.shape[1], ".")
    if low is not None and high is not None:
        close = np.minimum(values - low, high - values) <= NEAR * (high - low)
        letters[close.mean(axis=0) >= SHARE] = "s"
    elif low == 0:
        letters[~values.any(axis=0)] = "d"
    return "".join(letters.tolist())


def _moments(session: "Session", tape: Tape) -> list[Node]:
    """The hidden states of the first layer that reads a sequence, in the order of reading."""
    layers = session.network.spec.layers
    first = next((index for index, layer in enumerate(layers) if isinstance(layer, Recurrent)), None)
    return [node for node in tape.nodes if node.layer == first and first is not None and node.name == "h" and "/t=" in node.scope]


def _moment(node: Node) -> str:
    return f"moment {int(node.scope.split('/t=')[1].split('/')[0]) + 1}"


def _activations(tape: Tape) -> list[Bounded]:
    """Every activation with its bounds, also of layers inside others."""
    return [(node, BOUNDS[node.op.name]) for node in tape.nodes if node.layer is not None and node.op and node.op.name in BOUNDS]

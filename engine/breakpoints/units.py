"""What the breakpoints about single neurons share: which layers have a bound, and what a neuron is called."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.formula.calls import Array
from engine.layers import Activation
from engine.program import Program

if TYPE_CHECKING:
    from engine.session import Session


def bounded(session: "Session", program: Program) -> Iterator[tuple[int, Activation, Array]]:
    """The activations that have a bound: the layer's number, the layer, and its values in a program, (examples, units)."""
    for node in program.tape.nodes:
        layer = session.network.layers[node.layer] if node.layer is not None else None
        if isinstance(layer, Activation) and layer.bounds != (None, None) and node.op and node.op.name == layer.op and node.layer is not None:
            values = program.value(node.id)
            yield node.layer, layer, values.reshape(len(values), -1)


def called(session: "Session", number: int, place: int) -> tuple[str, str | None]:
    """The name of a layer's unit, and what the page can pin for it; `place` counts through the values of one example."""
    node = next(node for node in reversed(session.program.tape.nodes) if node.layer == number)
    name = session.symbols.text(node.id, place) if len(node.shape) == 2 else f"value {place}"
    pinned = any(node.id in (column.pre, column.post) for column in session.symbols.columns)
    return f"{name} ({node.scope})", f"value:{node.id}[{place}]" if pinned else None

"""Carrying the gradient back through the matrix that carried the values forward."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import ClassVar, Literal

from engine.adjacent import matrix
from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.tape import Node, Tape


@cache
def untransposed(weights: str) -> Pull:
    """The rule with this matrix, as it stands, in the place of its transpose."""

    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        yield matrix(values["dy"]).dot, (values[weights], matrix(out))

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        *place, row = index
        for unit in range(values[weights].shape[1]):
            yield Edge((*place, unit), float(values[weights][unit, row]), (weights, (unit, row)), weights)

    return Pull(f"dy @ {weights}", emit, edges, f"fold(rows(dy) @ {weights})")


class TransposedWeights(Bug):
    """The gradient is carried back through W where Wᵀ belongs."""

    title: ClassVar[str] = "transposed W"
    does: ClassVar[str] = (
        "Each unit is blamed along the wrong weights. Only a square W lets it happen: where W is not square the shapes do not fit, "
        "NumPy refuses, and the mistake is found at once; those layers stay right here."
    )
    slip: ClassVar[str] = "That is the number through W where Wᵀ belongs."
    needs: ClassVar[str] = "it needs a square W of at least 2 × 2 that a gradient passes back through; with any other shape NumPy itself finds the mistake"
    kind: Literal["transposed_weights"] = "transposed_weights"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        if not own.through:
            return own
        inputs, units = tape.nodes[node.arguments()[own.through]].shape
        return untransposed(own.through) if inputs == units > 1 else own

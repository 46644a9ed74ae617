"""Carrying the gradient back through the matrix that carried the values forward."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import ClassVar, Literal

import numpy as np

from engine.adjacent import matrix
from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.tape import Node, Tape


@cache
def untransposed(weights: str, places: tuple[int, ...]) -> Pull:
    """The rule with this matrix, as it stands, in the place of its transpose; the sum of each of its columns stands at one of `places`."""
    ordered = places == (*range(len(places)),)

    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        arriving = matrix(values["dy"])
        if not ordered:
            moved = scratch((len(arriving), len(places)))
            yield arriving.take, (np.array(places), 1, moved, "clip")
            arriving = moved
        yield arriving.dot, (values[weights], matrix(out))

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        *before, row = index
        for unit, place in enumerate(places):
            yield Edge((*before, place), float(values[weights][unit, row]), (weights, (unit, row)), weights)

    return Pull(f"dy @ {weights}", emit, edges, f"fold(rows(dy){'' if ordered else f'[:, {[*places]}]'} @ {weights})")


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
        return untransposed(own.through, tuple(own.places(units) if own.places else range(units))) if inputs == units > 1 else own

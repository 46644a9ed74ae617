"""Carrying the gradient back through the matrix that carried the values forward."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.ops import OPS
from engine.tape import Node, Tape


def _untransposed(dx: Array, dy: Array, W: Array) -> Calls:
    yield dy.reshape(-1, dy.shape[-1]).dot, (W, dx.reshape(-1, dx.shape[-1]))


def _rows(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, row = index
    for unit in range(values["W"].shape[1]):
        yield Edge((*place, unit), float(values["W"][unit, row]), ("W", (unit, row)), "W")


UNTRANSPOSED = Pull("dy @ W", _untransposed, _rows, "fold(rows(dy) @ W)")


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
        if own is not OPS["affine"].pulls["x"]:
            return own
        inputs, units = tape.nodes[node.arguments()["W"]].shape
        return UNTRANSPOSED if inputs == units > 1 else own

"""Following one path where several meet."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.ops import OPS
from engine.rung import Asked
from engine.tape import Node, Tape


def _first(dx: Array, dy: Array, W: Array) -> Calls:
    yield np.multiply, (dy[..., :1], W[:, 0], dx)


def _first_edge(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    *place, row = index
    yield Edge((*place, 0), float(values["W"][row, 0]), ("W", (row, 0)), "W")


FIRST = Pull("dy1 @ W1.T", _first, _first_edge, "dy[..., :1] * W[:, 0]")


class OnePath(Bug):
    """A unit is blamed along its first outgoing weight only; the paths through the other units are forgotten."""

    title: ClassVar[str] = "one path only"
    does: ClassVar[str] = "Where paths meet, their products must be added up; here all but the first are lost, in every layer on the way back."
    slip: ClassVar[str] = "That is one path alone; the products of all paths are added up."
    needs: ClassVar[str] = "it needs a layer of at least two units behind another layer with weights, and there is none here"
    kind: Literal["one_path"] = "one_path"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        return FIRST if own is OPS["affine"].pulls["x"] and node.shape[-1] > 1 else own

    def slips(self, asked: Asked) -> Iterator[float]:
        """Taking any one of the paths for all of them."""
        links = asked.rung.links() if asked.rung else []
        if len(links) > 1:
            yield from (arriving * local for arriving, local in links)

"""Following one path where several meet."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import ClassVar, Literal

import numpy as np

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.rung import Asked
from engine.tape import Node, Tape


@cache
def first(weights: str, place: int) -> Pull:
    """The rule that follows the first column of this matrix alone, whose sum stands at this place."""

    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        yield np.multiply, (values["dy"][..., place : place + 1], values[weights][:, 0], out)

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        *before, row = index
        yield Edge((*before, place), float(values[weights][row, 0]), (weights, (row, 0)), weights)

    return Pull(f"dy1 @ {weights}1.T", emit, edges, f"dy[..., {place}:{place + 1}] * {weights}[:, 0]")


class OnePath(Bug):
    """A unit is blamed along its first outgoing weight only; the paths through the other units are forgotten."""

    title: ClassVar[str] = "one path only"
    does: ClassVar[str] = "Where paths meet, their products must be added up; here all but the first are lost, in every layer on the way back."
    slip: ClassVar[str] = "That is one path alone; the products of all paths are added up."
    needs: ClassVar[str] = "it needs a layer of at least two units behind another layer with weights, and there is none here"
    kind: Literal["one_path"] = "one_path"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        columns = tape.nodes[node.arguments()[own.through]].shape[1] if own.through else 1
        return first(own.through, own.places(columns)[0] if own.places else 0) if columns > 1 else own

    def slips(self, asked: Asked) -> Iterator[float]:
        """Taking any one of the paths for all of them."""
        links = asked.rung.links() if asked.rung else []
        if len(links) > 1:
            yield from (arriving * local for arriving, local in links)

"""Taking the miss the wrong way round."""

from collections.abc import Iterable, Iterator, Mapping
from functools import wraps
from typing import Any, ClassVar, Literal

import numpy as np

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, EdgeRule, Index, Pull, Rule, elementwise_pull
from engine.rung import Asked
from engine.tape import Node, Tape


class WrongSign(Bug):
    """The slope of the loss is taken with the wrong sign, t − p where p − t belongs."""

    title: ClassVar[str] = "wrong sign"
    does: ClassVar[str] = "Every gradient points uphill: each has the right size, and training makes the loss grow."
    slip: ClassVar[str] = "The size is right, and the sign is the other one."
    needs: ClassVar[str] = "it needs a loss that compares with a target"
    kind: Literal["wrong_sign"] = "wrong_sign"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        if node.op is None or not any(tape.nodes[source].role == "target" for source in node.inputs):
            return own
        if node.op.elementwise:
            return elementwise_pull(f"-({own.formula})")
        *before, last = own.numpy.split("\n")
        lines = "\n".join([*before, f"-({last})"])
        return Pull(f"−({own.formula})", _negated(own.emit, f"d{name}"), _negated_edges(own.edges) if own.edges else None, lines)

    def slips(self, asked: Asked) -> Iterator[float]:
        """The other sign; for a step, the one uphill."""
        yield -asked.truth


def _negated(rule: Rule, into: str) -> Rule:
    @wraps(rule)
    def emit(**values: Any) -> Calls:
        yield from rule(**values)
        yield np.negative, (values[into], values[into])

    return emit


def _negated_edges(rule: EdgeRule) -> EdgeRule:
    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        return [Edge(edge.out, -edge.local, None, f"−({edge.formula})") for edge in rule(index, values)]

    return edges

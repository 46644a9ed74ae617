"""Forgetting the slope of the activations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull, elementwise_pull
from engine.ops import OPS
from engine.rung import Asked
from engine.tape import Node, Tape


def _copy(dx: Array, dy: Array) -> Calls:
    yield np.copyto, (dx, dy)


def _straight(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge(index, 1.0, None, "1")


UNTOUCHED = elementwise_pull("dy")
UNTOUCHED_ROWS = Pull("dy", _copy, _straight, "dy")


class NoActivationDerivative(Bug):
    """The gradient passes back through every activation as if its slope were 1 everywhere."""

    title: ClassVar[str] = "no activation derivative"
    does: ClassVar[str] = "Layers before an activation get a gradient that does not know where its units are flat; behind the last activation all is right."
    slip: ClassVar[str] = "That is what arrives, without the local slope."
    needs: ClassVar[str] = "it needs an activation, other than the identity, with weights before it, and there is none here"
    kind: Literal["no_activation_derivative"] = "no_activation_derivative"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        if node.op is None or node.layer is None or own.formula == UNTOUCHED.formula:
            return own
        if node.op.elementwise and node.op.inputs == ("x",):
            return UNTOUCHED
        return UNTOUCHED_ROWS if node.op is OPS["softmax"] else own

    def slips(self, asked: Asked) -> Iterator[float]:
        """Forgetting the local slope, of whatever it is the slope."""
        if asked.rung and not asked.rung.is_mean and (links := asked.rung.links()):
            yield sum(arriving for arriving, _ in links)

"""Forgetting to divide by the number of examples."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from engine.bugs import Bug
from engine.formula.calls import Array
from engine.op import Calls, Edge, Index, Pull
from engine.rung import Asked
from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.program import Program


def _whole(dx: Array, dy: Array) -> Calls:
    yield np.copyto, (dx, dy)


def _undivided(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
    yield Edge((), 1.0, None, "1")


UNDIVIDED = Pull("dy", _whole, _undivided, "ones(len(x), 1) * dy")


class MissingMean(Bug):
    """The gradients of a batch's examples are added up and never divided by their number n."""

    title: ClassVar[str] = "a missing 1/n"
    does: ClassVar[str] = "Every gradient is n times too large, so the learning rate acts n times as strong, and changes with the size of the batch."
    slip: ClassVar[str] = "The 1/n is missing."
    needs: ClassVar[str] = "every batch has a single example here, and dividing by 1 changes nothing; take a larger batch"
    kind: Literal["missing_mean"] = "missing_mean"

    def pull(self, tape: Tape, node: Node, name: str, own: Pull) -> Pull:
        return UNDIVIDED if node.op is not None and node.op.name == "batch_mean" else own

    def slips(self, asked: Asked) -> Iterator[float]:
        """Forgetting to divide, by the examples of a batch or by the outputs of an example."""
        if asked.rung and asked.rung.is_mean:
            yield asked.truth * asked.rung.count

    def unfit(self, program: "Program", trained: set[str]) -> str | None:
        return self.needs if program.tape.nodes[0].shape[0] == 1 else None

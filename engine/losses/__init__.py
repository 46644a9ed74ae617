"""How wrong a prediction is, in one number."""

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.component import Component, discover, union
from engine.datasets import Task
from engine.ops import OPS
from engine.tape import Tape, Var

Output = Literal["value", "probability", "logit"]


class Loss(Component):
    """A measure of the miss. It records one number an example, whose mean over the batch is the loss."""

    family: ClassVar[str] = "losses"
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    output: ClassVar[Output] = "value"
    short: ClassVar[str] = ""

    def record(self, tape: Tape, prediction: Var, target: Var) -> Var:
        """Record the loss of each example, of shape (batch, 1)."""
        raise NotImplementedError


class TermLoss(Loss):
    """A loss made of one term for each output, then added up or averaged over the outputs."""

    term: ClassVar[str] = ""
    over_outputs: ClassVar[Literal["row_mean", "row_sum"]] = "row_mean"

    def record(self, tape: Tape, prediction: Var, target: Var) -> Var:
        numbers = {name: float(value) for name, value in self if name != "kind"}
        terms = tape.apply(OPS[self.term], prediction, target, attributes=numbers)
        return terms if terms.shape[1] == 1 else tape.apply(OPS[self.over_outputs], terms)


discover(__name__)

if TYPE_CHECKING:
    AnyLoss = Loss
else:
    AnyLoss = union(Loss)

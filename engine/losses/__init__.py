"""How wrong a prediction is, in one number."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from engine.component import Component, discover, union
from engine.datasets import Task
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.ops import OPS
from engine.tape import Tape, Var

Output = Literal["value", "probability", "logit"]
Reads = Literal["numbers", "shares", "shares of one"]
"""What the targets are: any numbers, numbers from 0 to 1, or such that add up to 1 over the outputs."""


class Loss(Component):
    """A measure of the miss. It records one number an example, whose mean over the batch is the loss."""

    family: ClassVar[str] = "losses"
    tasks: ClassVar[tuple[Task, ...]] = ("regression",)
    output: ClassVar[Output] = "value"
    reads: ClassVar[Reads] = "numbers"
    short: ClassVar[str] = ""

    def check(self, targets: Array, steps: int = 1) -> None:
        """Refuse targets, (rows, steps · outputs), that this loss means nothing for; raises SpecError."""
        targets = targets.reshape(len(targets) * steps, -1)
        outside = np.flatnonzero((targets < 0).any(axis=1) | (targets > 1).any(axis=1))
        if self.reads != "numbers" and outside.size:
            came = ", ".join(f"{value:g}" for value in targets[outside[0]])
            row = int(outside[0]) // steps
            raise SpecError("loss", f"this loss reads targets from 0 to 1, and example {row} has {came}; scale them, or take mean squared error")
        if self.reads == "shares of one":
            if targets.shape[1] < 2:
                raise SpecError("loss", "this loss chooses between several outputs, and the data has one; take binary cross-entropy")
            wrong = np.flatnonzero(np.abs(targets.sum(axis=1) - 1) > 1e-6)
            if wrong.size:
                total = targets[wrong[0]].sum()
                row = int(wrong[0]) // steps
                raise SpecError("loss", f"this loss reads targets that add up to 1, and those of example {row} add up to {total:g}; take binary cross-entropy")

    def record(self, tape: Tape, prediction: Var, target: Var) -> Var:
        """Record the loss of each example, of shape (batch, 1); of each step, (batch, steps, 1), where the prediction is (batch, steps, outputs)."""
        raise NotImplementedError


class TermLoss(Loss):
    """A loss made of one term for each output, then added up or averaged over the outputs."""

    term: ClassVar[str] = ""
    over_outputs: ClassVar[Literal["row_mean", "row_sum"]] = "row_mean"

    def record(self, tape: Tape, prediction: Var, target: Var) -> Var:
        numbers = {name: float(value) for name, value in self if name != "kind"}
        terms = tape.apply(OPS[self.term], prediction, target, attributes=numbers)
        return terms if terms.shape[-1] == 1 else tape.apply(OPS[self.over_outputs], terms)


discover(__name__)

if TYPE_CHECKING:
    AnyLoss = Loss
else:
    AnyLoss = union(Loss)

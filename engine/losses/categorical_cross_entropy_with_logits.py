"""Categorical cross-entropy."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.datasets import Task
from engine.losses import Loss, Output, Reads
from engine.ops import OPS
from engine.tape import Tape, Var


class CategoricalCrossEntropyWithLogits(Loss):
    """The surprise at the true class of many, from logits: the softmax is inside, so nothing overflows."""

    title: ClassVar[str] = "categorical cross-entropy"
    prominent: ClassVar[bool] = True
    tasks: ClassVar[tuple[Task, ...]] = ("classes",)
    output: ClassVar[Output] = "logit"
    reads: ClassVar[Reads] = "shares of one"
    short: ClassVar[str] = "softmax, cross-entropy"
    torch: ClassVar[Counterpart] = Counterpart("nn.CrossEntropyLoss()")
    keras: ClassVar[Counterpart] = Counterpart("keras.losses.CategoricalCrossentropy(from_logits=True)")
    kind: Literal["categorical_cross_entropy_with_logits"] = "categorical_cross_entropy_with_logits"

    def record(self, tape: Tape, prediction: Var, target: Var) -> Var:
        return tape.apply(OPS["softmax_cross_entropy"], prediction, target)

"""Binary cross-entropy."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.datasets import Task
from engine.losses import Output, Reads, TermLoss


class BinaryCrossEntropyWithLogits(TermLoss):
    """The surprise at the true class of two, from a logit: the sigmoid is inside, so nothing overflows."""

    title: ClassVar[str] = "binary cross-entropy"
    prominent: ClassVar[bool] = True
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    output: ClassVar[Output] = "logit"
    reads: ClassVar[Reads] = "shares"
    short: ClassVar[str] = "σ, cross-entropy"
    term: ClassVar[str] = "logistic_error"
    torch: ClassVar[Counterpart] = Counterpart("nn.BCEWithLogitsLoss()")
    keras: ClassVar[Counterpart] = Counterpart("keras.losses.BinaryCrossentropy(from_logits=True)")
    kind: Literal["binary_cross_entropy_with_logits"] = "binary_cross_entropy_with_logits"

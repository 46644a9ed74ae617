"""Binary cross-entropy, on probabilities."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.datasets import Task
from engine.losses import Output, Reads, TermLoss


class BinaryCrossEntropy(TermLoss):
    """The surprise at the true class of two, from a probability: the last layer must be a sigmoid."""

    title: ClassVar[str] = "binary cross-entropy, on probabilities"
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    output: ClassVar[Output] = "probability"
    reads: ClassVar[Reads] = "shares"
    short: ClassVar[str] = "cross-entropy"
    term: ClassVar[str] = "binary_cross_entropy_error"
    torch: ClassVar[Counterpart] = Counterpart("nn.BCELoss()")
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.losses.BinaryCrossentropy()", "Keras holds probabilities between 1e-7 and 1 - 1e-7 before it takes their logarithm"
    )
    kind: Literal["binary_cross_entropy"] = "binary_cross_entropy"

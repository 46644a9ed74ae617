"""Binary cross-entropy, on probabilities."""

from typing import ClassVar, Literal

from engine.datasets import Task
from engine.losses import Output, TermLoss


class BinaryCrossEntropy(TermLoss):
    """The surprise at the true class of two, from a probability: the last layer must be a sigmoid."""

    title: ClassVar[str] = "binary cross-entropy, on probabilities"
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    output: ClassVar[Output] = "probability"
    short: ClassVar[str] = "cross-entropy"
    term: ClassVar[str] = "binary_cross_entropy_error"
    kind: Literal["binary_cross_entropy"] = "binary_cross_entropy"

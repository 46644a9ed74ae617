"""Categorical cross-entropy, on probabilities."""

from typing import ClassVar, Literal

from engine.datasets import Task
from engine.losses import Output, TermLoss


class CategoricalCrossEntropy(TermLoss):
    """The surprise at the true class of many, from probabilities: the last layer must be a softmax."""

    title: ClassVar[str] = "categorical cross-entropy, on probabilities"
    tasks: ClassVar[tuple[Task, ...]] = ("classes",)
    output: ClassVar[Output] = "probability"
    short: ClassVar[str] = "cross-entropy"
    term: ClassVar[str] = "cross_entropy_term"
    over_outputs: ClassVar[Literal["row_mean", "row_sum"]] = "row_sum"
    kind: Literal["categorical_cross_entropy"] = "categorical_cross_entropy"

"""Categorical cross-entropy, on probabilities."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.datasets import Task
from engine.losses import Output, Reads, TermLoss


class CategoricalCrossEntropy(TermLoss):
    """The surprise at the true class of many, from probabilities: the last layer must be a softmax."""

    title: ClassVar[str] = "categorical cross-entropy, on probabilities"
    tasks: ClassVar[tuple[Task, ...]] = ("classes",)
    output: ClassVar[Output] = "probability"
    reads: ClassVar[Reads] = "shares of one"
    short: ClassVar[str] = "cross-entropy"
    term: ClassVar[str] = "cross_entropy_term"
    over_outputs: ClassVar[Literal["row_mean", "row_sum"]] = "row_sum"
    torch: ClassVar[Counterpart] = Counterpart(
        "lambda p, y: -(y * p.log().clamp(min=-100)).sum(dim=1).mean()", "PyTorch has no such loss ready, since the one on logits is safer"
    )
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.losses.CategoricalCrossentropy()", "Keras holds probabilities between 1e-7 and 1 - 1e-7 before it takes their logarithm"
    )
    kind: Literal["categorical_cross_entropy"] = "categorical_cross_entropy"

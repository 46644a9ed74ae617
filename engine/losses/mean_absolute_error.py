"""Mean absolute error."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.datasets import Task
from engine.losses import TermLoss


class MeanAbsoluteError(TermLoss):
    """The size of the miss, averaged over outputs and examples."""

    title: ClassVar[str] = "mean absolute error"
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes")
    short: ClassVar[str] = "|p − y|"
    term: ClassVar[str] = "absolute_error"
    torch: ClassVar[Counterpart] = Counterpart("nn.L1Loss()")
    keras: ClassVar[Counterpart] = Counterpart("keras.losses.MeanAbsoluteError()")
    kind: Literal["mean_absolute_error"] = "mean_absolute_error"

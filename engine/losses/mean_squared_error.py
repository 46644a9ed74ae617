"""Mean squared error."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.datasets import Task
from engine.losses import TermLoss


class MeanSquaredError(TermLoss):
    """The squared miss, averaged over outputs and examples."""

    title: ClassVar[str] = "mean squared error"
    prominent: ClassVar[bool] = True
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes")
    short: ClassVar[str] = "(p − y)²"
    term: ClassVar[str] = "squared_error"
    torch: ClassVar[Counterpart] = Counterpart("nn.MSELoss()")
    keras: ClassVar[Counterpart] = Counterpart("keras.losses.MeanSquaredError()")
    kind: Literal["mean_squared_error"] = "mean_squared_error"

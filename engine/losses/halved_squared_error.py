"""Halved squared error."""

from typing import ClassVar, Literal

from engine.datasets import Task
from engine.losses import TermLoss


class HalvedSquaredError(TermLoss):
    """Half the squared miss, added over the outputs and averaged over the examples, as in textbooks."""

    title: ClassVar[str] = "halved squared error"
    prominent: ClassVar[bool] = True
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes")
    short: ClassVar[str] = "½ (p − y)²"
    term: ClassVar[str] = "halved_squared_error"
    over_outputs: ClassVar[Literal["row_mean", "row_sum"]] = "row_sum"
    kind: Literal["halved_squared_error"] = "halved_squared_error"

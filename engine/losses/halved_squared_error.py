"""Halved squared error."""

from typing import ClassVar, Literal

from engine.component import Counterpart
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
    torch: ClassVar[Counterpart] = Counterpart("lambda p, y: ((p - y) ** 2).sum(dim=1).mean() / 2")
    keras: ClassVar[Counterpart] = Counterpart("lambda y, p: keras.ops.sum((p - y) ** 2, axis=-1) / 2")
    kind: Literal["halved_squared_error"] = "halved_squared_error"

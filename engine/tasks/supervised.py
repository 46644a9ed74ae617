"""Learning from examples."""

from typing import ClassVar, Literal

from engine.tasks import Task


class Supervised(Task):
    """The layers answer, and the loss compares the answer with the example's target."""

    title: ClassVar[str] = "learning from examples"
    prominent: ClassVar[bool] = True
    kind: Literal["supervised"] = "supervised"

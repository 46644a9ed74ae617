"""SGD."""

from typing import ClassVar, Literal

from engine.component import Counterpart
from engine.optimizers import Line, Optimizer


class Sgd(Optimizer):
    """Step against the gradient: w ← w − η ∂L/∂w."""

    title: ClassVar[str] = "SGD"
    prominent: ClassVar[bool] = True
    lines: ClassVar[tuple[Line, ...]] = (Line("w", "w - rate * g", "a step against the gradient"),)
    torch: ClassVar[Counterpart] = Counterpart("torch.optim.SGD({parameters}, lr={rate})")
    keras: ClassVar[Counterpart] = Counterpart("keras.optimizers.SGD(learning_rate={rate}{clip})")
    kind: Literal["sgd"] = "sgd"

"""Nesterov."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.optimizers import Line, Optimizer


class Nesterov(Optimizer):
    """Momentum that looks one step ahead (Nesterov 1983; in PyTorch's form)."""

    title: ClassVar[str] = "Nesterov"
    slots: ClassVar[tuple[str, ...]] = ("velocity",)
    lines: ClassVar[tuple[Line, ...]] = (
        Line("velocity", "momentum * velocity + g", "the velocity keeps a part and takes the gradient in"),
        Line("w", "w - rate * (g + momentum * velocity)", "a step along the velocity as it will be"),
    )
    torch: ClassVar[Counterpart] = Counterpart(
        "torch.optim.SGD({parameters}, lr={rate}, momentum={momentum}, nesterov=True)", "PyTorch refuses a momentum of 0 here"
    )
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.optimizers.SGD(learning_rate={rate}, momentum={momentum}, nesterov=True{clip})",
        "Keras keeps rate × velocity where the lab keeps the velocity: the same while the rate stays, and a changing rate acts on new gradients only",
    )
    kind: Literal["nesterov"] = "nesterov"
    momentum: Real = Field(default=0.9, ge=0, le=0.9999, description="How much of the velocity is kept")

"""momentum."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.optimizers import Line, Optimizer


class Momentum(Optimizer):
    """Let steps build up speed along a steady slope (Polyak 1964; in PyTorch's form, where the velocity adds whole gradients)."""

    title: ClassVar[str] = "momentum"
    slots: ClassVar[tuple[str, ...]] = ("velocity",)
    lines: ClassVar[tuple[Line, ...]] = (
        Line("velocity", "momentum * velocity + g", "the velocity keeps a part and takes the gradient in"),
        Line("w", "w - rate * velocity", "a step along the velocity"),
    )
    torch: ClassVar[Counterpart] = Counterpart("torch.optim.SGD({parameters}, lr={rate}, momentum={momentum})")
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.optimizers.SGD(learning_rate={rate}, momentum={momentum}{clip})",
        "Keras keeps rate × velocity where the lab keeps the velocity: the same while the rate stays, and a changing rate acts on new gradients only",
    )
    kind: Literal["momentum"] = "momentum"
    momentum: Real = Field(default=0.9, ge=0, le=0.9999, description="How much of the velocity is kept")

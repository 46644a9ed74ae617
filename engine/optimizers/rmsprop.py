"""RMSProp."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.optimizers import Line, Optimizer


class Rmsprop(Optimizer):
    """Scale each weight's step by the recent size of its gradient (Tieleman and Hinton 2012)."""

    title: ClassVar[str] = "RMSProp"
    slots: ClassVar[tuple[str, ...]] = ("v",)
    lines: ClassVar[tuple[Line, ...]] = (
        Line("v", "rho * v + (1 - rho) * g**2", "the running mean of the squared gradient"),
        Line("w", "w - rate * g / (sqrt(v) + epsilon)", "a step scaled by its root"),
    )
    torch: ClassVar[Counterpart] = Counterpart("torch.optim.RMSprop({parameters}, lr={rate}, alpha={rho}, eps={epsilon})")
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.optimizers.RMSprop(learning_rate={rate}, rho={rho}, epsilon={epsilon} ** 2{clip})",
        "Keras adds epsilon under the root and the lab beside it, so it is squared here",
    )
    kind: Literal["rmsprop"] = "rmsprop"
    rho: Real = Field(default=0.99, ge=0, le=0.9999, description="How much of the past is kept")
    epsilon: Real = Field(default=1e-8, gt=0, le=1, description="Keeps the division safe")

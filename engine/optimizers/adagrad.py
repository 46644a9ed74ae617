"""AdaGrad."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.optimizers import Line, Optimizer


class Adagrad(Optimizer):
    """Give each weight a rate of its own that falls with all the gradient it has seen (Duchi et al. 2011)."""

    title: ClassVar[str] = "AdaGrad"
    slots: ClassVar[tuple[str, ...]] = ("s",)
    lines: ClassVar[tuple[Line, ...]] = (
        Line("s", "s + g**2", "the sum of squared gradients grows"),
        Line("w", "w - rate * g / (sqrt(s) + epsilon)", "a step scaled by the root of that sum"),
    )
    torch: ClassVar[Counterpart] = Counterpart("torch.optim.Adagrad({parameters}, lr={rate}, eps={epsilon})")
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.optimizers.Adagrad(learning_rate={rate}, initial_accumulator_value=0.0, epsilon={epsilon} ** 2{clip})",
        "Keras adds epsilon under the root and the lab beside it, so it is squared here; and its sum begins at 0.1 where it is not told otherwise",
    )
    kind: Literal["adagrad"] = "adagrad"
    epsilon: Real = Field(default=1e-10, gt=0, le=1, description="Keeps the division safe")

"""Adam."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.optimizers import Line, Optimizer


class Adam(Optimizer):
    """Momentum and a rate of its own for each weight, both corrected for their start at zero (Kingma and Ba 2015, arXiv:1412.6980)."""

    title: ClassVar[str] = "Adam"
    slots: ClassVar[tuple[str, ...]] = (
        "m",
        "v",
    )
    counters: ClassVar[tuple[str, ...]] = (
        "power1",
        "power2",
    )
    lines: ClassVar[tuple[Line, ...]] = (
        Line("m", "beta1 * m + (1 - beta1) * g", "the running mean of the gradient"),
        Line("v", "beta2 * v + (1 - beta2) * g**2", "the running mean of its square"),
        Line("power1", "power1 * beta1", "the correction of the mean"),
        Line("power2", "power2 * beta2", "the correction of the square"),
        Line("w", "w - rate * (m / (1 - power1)) / (sqrt(v / (1 - power2)) + epsilon)", "a step of the corrected mean over the corrected root"),
    )
    parts: ClassVar[tuple[Line, ...]] = (
        Line("m_hat", "m / (1 - power1)", "the mean, corrected for its start"),
        Line("v_hat", "v / (1 - power2)", "the square, corrected alike"),
    )
    torch: ClassVar[Counterpart] = Counterpart("torch.optim.Adam({parameters}, lr={rate}, betas=({beta1}, {beta2}), eps={epsilon})")
    keras: ClassVar[Counterpart] = Counterpart(
        "keras.optimizers.Adam(learning_rate={rate}, beta_1={beta1}, beta_2={beta2}, epsilon={epsilon}{clip})",
        "Keras adds epsilon before it corrects the square, so that in the first updates it weighs 1 / sqrt(1 - beta2**t) as much",
    )
    kind: Literal["adam"] = "adam"
    beta1: Real = Field(default=0.9, ge=0, le=0.9999, description="How much of the mean gradient is kept")
    beta2: Real = Field(default=0.999, ge=0, le=0.99999, description="How much of the mean square is kept")
    epsilon: Real = Field(default=1e-8, gt=0, le=1, description="Keeps the division safe")

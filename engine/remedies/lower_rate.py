"""A lower rate."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Real
from engine.errors import SpecError
from engine.remedies import Remedy
from engine.spec import SessionSpec


class LowerRate(Remedy):
    """Take smaller steps: divide the learning rate. It stops an explosion, and makes a gradient that has vanished no larger."""

    title: ClassVar[str] = "lower rate"
    prominent: ClassVar[bool] = True
    against: ClassVar[str] = "steps that are too long"
    kind: Literal["lower_rate"] = "lower_rate"
    factor: Real = Field(default=10.0, gt=1, le=1e6, description="By how much the rate is divided")

    def apply(self, spec: SessionSpec) -> SessionSpec:
        rate = spec.optimizer.learning_rate
        if not isinstance(rate, int | float):
            raise SpecError("optimizer.learning_rate", "a schedule cannot be divided here; give the rate as a number")
        return spec.model_copy(update={"optimizer": spec.optimizer.model_copy(update={"learning_rate": rate / self.factor})})

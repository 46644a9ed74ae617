"""The accuracy passes a mark."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.component import Real
from engine.errors import SpecError
from engine.history import accuracy

if TYPE_CHECKING:
    from engine.session import Session


class AccuracyPasses(Breakpoint):
    """The accuracy on the training or the test part reaches a mark, or falls below it. Costs a pass over that part."""

    title: ClassVar[str] = "the accuracy passes a mark"
    prominent: ClassVar[bool] = True
    passes: ClassVar[bool] = True
    kind: Literal["accuracy_passes"] = "accuracy_passes"
    mark: Real = Field(default=0.95, ge=0, le=1, description="The accuracy, from 0 to 1")
    part: Literal["train", "test"] = Field(default="train", description="On which part of the data")
    way: Literal["reaches", "falls below"] = Field(default="reaches", description="Which way it passes")

    def check(self, session: "Session") -> None:
        if session.data.task == "regression":
            raise SpecError("kind", "a regression has no accuracy; watch the loss instead")
        if not len(session.data.part(self.part)[0]):
            raise SpecError("part", f"there are no {self.part} examples here; choose the other part")

    def found(self, session: "Session") -> Findings:
        now = accuracy(session, self.part)
        if (now >= self.mark) != (self.way == "reaches"):
            return {}
        side = f"has reached {100 * self.mark:g} %" if self.way == "reaches" else f"has fallen below {100 * self.mark:g} %"
        return {"accuracy": Finding(f"The accuracy on the {'training' if self.part == 'train' else 'test'} part {side}: it is {100 * now:.1f} %.")}

"""An example is classified right."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.component import Int
from engine.errors import SpecError
from engine.history import labels

if TYPE_CHECKING:
    from engine.session import Session


class ExampleRight(Breakpoint):
    """A chosen example is classified right. Costs a forward pass of one example, about ten microseconds an update on a small network."""

    title: ClassVar[str] = "an example is classified right"
    kind: Literal["example_right"] = "example_right"
    example: Int = Field(default=0, ge=0, le=10_000_000, description="The example's number")

    def check(self, session: "Session") -> None:
        if session.data.task == "regression":
            raise SpecError("kind", "a regression classifies nothing; watch the loss instead")
        if self.example >= session.data.rows:
            raise SpecError("example", f"there is no example {self.example}; there are numbers 0 to {session.data.rows - 1}")

    def found(self, session: "Session") -> Findings:
        inputs, targets = session.data.rows_of([self.example])
        predicted = session.evaluator.prediction(inputs)
        all_targets = session.data.part("train")[1]
        if (labels(predicted, all_targets) != labels(targets.reshape(predicted.shape), all_targets)).any():
            return {}
        return {"example": Finding(f"Example {self.example} is classified right after {session.position.update:,} updates.", example=self.example)}

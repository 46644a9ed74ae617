"""How a gradient becomes a step: a few formulas over the flat parameter vector."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, NamedTuple

from pydantic import Field

from engine.component import Component, Real, discover, union
from engine.schedules import AnySchedule

Rate = Annotated[Real, Field(gt=0, le=1000)]


class Line(NamedTuple):
    """One instruction of the update: `target` becomes the value of `formula`."""

    target: str
    formula: str
    says: str


class Optimizer(Component):
    """A rule of descent. Its lines read w (the parameters), g (the applied gradient), rate, the slots, the counters and its own fields.

    A part is a piece of a line that readers know by a name of its own; `symbols` is the MathML of names that stand for a letter.
    """

    family: ClassVar[str] = "optimizers"
    slots: ClassVar[tuple[str, ...]] = ()
    counters: ClassVar[tuple[str, ...]] = ()
    lines: ClassVar[tuple[Line, ...]] = ()
    parts: ClassVar[tuple[Line, ...]] = ()
    symbols: ClassVar[Mapping[str, str]] = {
        "rate": "<mi>η</mi>",
        "momentum": "<mi>μ</mi>",
        "decay": "<mi>λ</mi>",
        "power1": "<msubsup><mi>β</mi><mn>1</mn><mi>t</mi></msubsup>",
        "power2": "<msubsup><mi>β</mi><mn>2</mn><mi>t</mi></msubsup>",
    }
    learning_rate: Rate | AnySchedule = Field(default=0.1, description="The size of a step, η, or a schedule of it")

    def rate_at(self, update: int) -> float:
        """The learning rate of update number `update`."""
        return self.learning_rate if isinstance(self.learning_rate, float | int) else self.learning_rate.at(update)

    def numbers(self) -> dict[str, float]:
        """The fields that the formulas read by name."""
        return {name: float(value) for name, value in self if name not in ("kind", "learning_rate")}


discover(__name__)

if TYPE_CHECKING:
    AnyOptimizer = Optimizer
else:
    AnyOptimizer = union(Optimizer)

"""A neuron dies."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.breakpoints.units import bounded, called
from engine.formula.calls import Array

if TYPE_CHECKING:
    from engine.session import Session


class NeuronDies(Breakpoint):
    """A neuron of a ReLU layer gives 0 for every example: nothing passes back through it. Costs a pass over the training part; on the batch, nothing."""

    title: ClassVar[str] = "a neuron dies"
    prominent: ClassVar[bool] = True
    passes: ClassVar[bool] = True
    kind: Literal["neuron_dies"] = "neuron_dies"
    examples: Literal["training", "batch"] = Field(default="training", description="For every example of what")

    def found(self, session: "Session") -> Findings:
        batch = self.examples == "batch"
        alive: dict[int, Array] = {}
        for program in [session.program] if batch else session.evaluator.pieces(session.data.part("train")[0]):
            for number, layer, values in bounded(session, program):
                if layer.bounds == (0, None):
                    alive[number] = np.logical_or(values.any(axis=0), alive.get(number, False))
        found = {}
        for number, lives in alive.items():
            for place in map(int, np.flatnonzero(~lives)):
                name, target = called(session, number, place)
                said = f"{name} has died: it gives 0 for every example of {'the batch' if batch else 'the training part'}."
                found[f"{number} {place}"] = Finding(said, target)
        return found

    def every(self, session: "Session") -> int:
        return 1 if self.examples == "batch" else super().every(session)

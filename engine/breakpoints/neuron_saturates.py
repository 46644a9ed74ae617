"""A neuron saturates."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.breakpoints.units import bounded, called
from engine.component import Real
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session


class NeuronSaturates(Breakpoint):
    """A neuron that squashes stands close to a bound, where its slope is nearly flat, for so many examples of the batch. Costs a few microseconds an update."""

    title: ClassVar[str] = "a neuron saturates"
    kind: Literal["neuron_saturates"] = "neuron_saturates"
    distance: Real = Field(default=0.01, gt=0, le=0.5, description="How close to a bound, as a share of what lies between the two")
    share: Real = Field(default=1.0, gt=0, le=1, description="For what share of the batch")

    def found(self, session: "Session") -> Findings:
        whom = "every example" if self.share == 1 else f"{figure(100 * self.share)} % of the examples"
        found = {}
        for number, layer, values in bounded(session, session.program):
            low, high = layer.bounds
            if low is None or high is None:
                continue
            near = self.distance * (high - low)
            close = np.minimum(values - low, high - values) <= near
            for place in map(int, np.flatnonzero(close.mean(axis=0) >= self.share)):
                name, target = called(session, number, place)
                found[f"{number} {place}"] = Finding(f"{name} is saturated: within {figure(near)} of a bound for {whom} of the batch.", target)
        return found

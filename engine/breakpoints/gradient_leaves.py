"""A gradient leaves a range."""

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.component import Int, Real
from engine.errors import SpecError
from engine.sentences import label
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session


class GradientLeaves(Breakpoint):
    """The length of a layer's gradient, over all of its parameters, leaves a range. Costs a few microseconds an update."""

    title: ClassVar[str] = "a gradient leaves a range"
    kind: Literal["gradient_leaves"] = "gradient_leaves"
    layer: Int | None = Field(default=None, ge=0, le=127, description="The layer's number; empty is any layer")
    low: Real = Field(default=1e-6, ge=0, le=1e30, description="The least length")
    high: Real = Field(default=100.0, ge=0, le=1e30, description="The largest length")

    def check(self, session: "Session") -> None:
        if self.layer is not None and not any(name.startswith(f"{self.layer}.") for name in session.network.shapes):
            known = sorted({int(name.split(".")[0]) for name in session.network.shapes})
            raise SpecError("layer", f"layer {self.layer} has no gradient of its own; the layers that learn are {', '.join(map(str, known))}")

    def found(self, session: "Session") -> Findings:
        squares: dict[int, float] = {}
        for name, view in session.gradients_arena.views.items():
            layer = int(name.split(".")[0])
            squares[layer] = squares.get(layer, 0.0) + float(np.vdot(view, view))
        found = {}
        for layer, square in squares.items():
            length = float(np.sqrt(square))
            if self.layer in (None, layer) and not self.low <= length <= self.high:
                side = f"below {figure(self.low)}" if length < self.low else f"above {figure(self.high)}"
                name = f"The gradient of {label(session, layer)}"
                found[f"{layer} {side}"] = Finding(f"{name} has the length {figure(length)}, {side}.", _largest(session, layer))
        return found


def _largest(session: "Session", layer: int) -> str:
    """The parameter of a layer whose gradient is the largest in size."""
    views = {name: view for name, view in session.gradients_arena.views.items() if name.startswith(f"{layer}.")}
    name = max(views, key=lambda each: float(np.abs(views[each]).max()))
    index = np.unravel_index(int(np.abs(views[name]).argmax()), views[name].shape)
    return f"parameter:{name}[{','.join(map(str, index))}]"

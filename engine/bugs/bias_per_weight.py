"""Stepping the bias inside the wrong loop."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from engine.arena import Arena
from engine.bugs import Bug
from engine.formula.calls import Array
from engine.optimizers import Line
from engine.rung import Asked

if TYPE_CHECKING:
    from engine.program import Program


class BiasPerWeight(Bug):
    """Each bias is stepped once for every weight that comes in, as happens when its line stands inside the loop over the weights."""

    title: ClassVar[str] = "bias stepped once per weight"
    does: ClassVar[str] = "The gradients are all right; the step of a bias is as many times too long as its unit has inputs."
    slip: ClassVar[str] = "That is the step taken once for every incoming weight."
    needs: ClassVar[str] = "it needs a trained bias in a layer with at least two inputs, and there is none here"
    kind: Literal["bias_per_weight"] = "bias_per_weight"

    def line(self, line: Line) -> Line:
        if line.target != "w":
            return line
        return Line("w", f"w + times * ({line.formula} - w)", f"{line.says}, and for each bias as many times as it has weights beside it")

    def vectors(self, parameters: Arena[str]) -> Mapping[str, Array]:
        times = np.ones_like(parameters.flat)
        for name, (start, stop) in parameters.spans.items():
            times[start:stop] = _inputs(parameters, name)
        return {"times": times}

    def slips(self, asked: Asked) -> Iterator[float]:
        """As many steps as there are weights beside the bias."""
        if asked.times > 1:
            yield asked.times * asked.truth

    def unfit(self, program: "Program", trained: set[str]) -> str | None:
        return None if any(_inputs(program.parameters, name) > 1 for name in trained) else self.needs


def _inputs(parameters: Arena[str], name: str) -> int:
    """How often a parameter is stepped: a bias once for each weight of its unit, a weight once."""
    layer, _, short = name.partition(".")
    weights = parameters.views.get(f"{layer}.W")
    return weights.size // parameters.views[name].size if short == "b" and weights is not None else 1

"""Layer normalisation."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart, Real
from engine.formula.calls import Array
from engine.layers import Layer
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class LayerNorm(Layer):
    """Give the units of each position mean 0 and spread 1, whatever the batch, then a gain g and a shift b that are learned (Ba, Kiros and Hinton 2016)."""

    title: ClassVar[str] = "layer normalisation"
    named: ClassVar[bool] = True
    sample_shape: ClassVar[Shape] = (4,)
    torch: ClassVar[Counterpart] = Counterpart("nn.LayerNorm({inputs}, eps={eps})", parameters={"g": "weight", "b": "bias"})
    keras: ClassVar[Counterpart] = Counterpart("layers.LayerNormalization(epsilon={eps})", parameters={"g": "gamma", "b": "beta"})
    kind: Literal["layer_norm"] = "layer_norm"
    eps: Real = Field(default=1e-5, ge=1e-12, le=1, description="Added to the variance, so that nothing is divided by 0")

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        return {"g": np.ones(inputs[-1]), "b": np.zeros(inputs[-1])}

    def parameters(self, inputs: Shape) -> int:
        return 2 * inputs[-1]

    def trained(self) -> tuple[str, ...]:
        return ("g", "b")

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return normalized(tape, parameters, x, self.eps)


def normalized(tape: Tape, parameters: Mapping[str, Var], x: Var, eps: float) -> Var:
    """Record the normalisation of each position, with the gain g and the shift b."""
    even = tape.apply(OPS["layer_norm"], x, name="normalised", attributes={"eps": eps})
    return tape.apply(OPS["gain_and_shift"], even, parameters["g"], parameters["b"], name="scaled")

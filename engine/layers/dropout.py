"""Dropout."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Real
from engine.layers import Layer
from engine.ops import OPS
from engine.tape import Tape, Var


class Dropout(Layer):
    """Silence each value with a given chance while training, anew in every update, and scale up the rest; when the network is only asked, let all pass."""

    torch: ClassVar[Counterpart] = Counterpart("nn.Dropout({rate})", "each library draws numbers of its own, so the losses are alike but not the same")
    keras: ClassVar[Counterpart] = Counterpart("layers.Dropout({rate})", "each library draws numbers of its own, so the losses are alike but not the same")
    kind: Literal["dropout"] = "dropout"
    rate: Real = Field(default=0.5, ge=0, lt=1, description="The chance that a value is silenced")

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        if not tape.training:
            return tape.apply(OPS["identity"], x)
        draws = tape.noise("u", x.shape, "uniform")
        return tape.apply(OPS["dropout"], x, draws, attributes={"keep": 1.0 - self.rate})

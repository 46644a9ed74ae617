"""Attention with several heads."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Flag, Int
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer, draw
from engine.layers.attention import attend, sequence, weighed
from engine.layers.attention_elsewhere import several_heads
from engine.op import Shape
from engine.tape import Tape, Var


class MultiHeadAttention(Layer):
    """Attention by several heads side by side, each with its own part of the units, and one more product that puts together what they found.

    Wq, Wk, Wv and Wo have shape (units, units); all but Wk have a bias. One for the keys would add the same to all scores of a row, and softmax does not
    see that: its gradient is 0 (Vaswani et al. 2017, arXiv:1706.03762).
    """

    title: ClassVar[str] = "multi-head attention"
    named: ClassVar[bool] = True
    sample_shape: ClassVar[Shape] = (2, 2)
    kind: Literal["multi_head_attention"] = "multi_head_attention"
    heads: Int = Field(default=2, ge=1, le=64, description="How many heads; the units that arrive are parted among them")
    causal: Flag = Field(default=False, description="Mask what comes later: a position looks at itself and at those before it")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the weights begin")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")

    def shape(self, inputs: Shape) -> Shape:
        return parted(inputs, self.heads)

    def counterpart(self, library: Literal["torch", "keras"]) -> Counterpart:
        return several_heads(library)

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        inits = {"W": self.init, "b": self.bias_init}
        return {name: draw(inits[name[0]], seed, index, name, shape) for name, shape in shapes(inputs[-1]).items()}

    def parameters(self, inputs: Shape) -> int:
        return sum(map(prod, shapes(inputs[-1]).values()))

    def trained(self) -> tuple[str, ...]:
        return tuple(shapes(1))

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return attend_and_join(tape, parameters, x, heads=self.heads, causal=self.causal)


def attend_and_join(tape: Tape, parameters: Mapping[str, Var], x: Var, *, heads: int, causal: bool) -> Var:
    """Record attention by several heads and the product that joins them."""
    mixed = attend(tape, parameters, x, heads=heads, causal=causal)
    with tape.scope("joined"):
        return weighed(tape, parameters, mixed, "o", "joined")


def shapes(units: int) -> dict[str, Shape]:
    """The shapes of the parameters."""
    return {name: (units, units) if name[0] == "W" else (units,) for name in ("Wq", "bq", "Wk", "Wv", "bv", "Wo", "bo")}


def parted(inputs: Shape, heads: int) -> Shape:
    """The shape of a sequence whose units part into heads; raises SpecError where they do not."""
    if sequence(inputs)[1] % heads:
        raise SpecError(
            "heads", f"{inputs[1]} values arrive at each step and do not part into {heads} heads; choose a number of heads that divides {inputs[1]}"
        )
    return inputs

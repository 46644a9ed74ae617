"""Transformer block."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart, Flag, Int, Real
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer, draw
from engine.layers.attention_elsewhere import block
from engine.layers.layer_norm import normalized
from engine.layers.multi_head_attention import attend_and_join, parted, shapes
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class TransformerBlock(Layer):
    """Attention, then two linear layers at each position, each beside a way past it, so that a gradient reaches the layers before unchanged.

    Normalised before each part ("pre", Xiong et al. 2020, arXiv:2002.04745) or after each sum ("post", Vaswani et al. 2017, arXiv:1706.03762).
    """

    title: ClassVar[str] = "transformer block"
    named: ClassVar[bool] = True
    sample_shape: ClassVar[Shape] = (2, 2)
    sample: ClassVar[Mapping[str, object]] = {"heads": 1, "factor": 1, "eps": 0.1}
    kind: Literal["transformer_block"] = "transformer_block"
    heads: Int = Field(default=2, ge=1, le=64, description="Heads of the attention; the units that arrive are parted among them")
    factor: Int = Field(default=4, ge=1, le=16, description="How many times as wide the hidden layer is")
    activation: Literal["relu", "gelu", "silu", "tanh"] = Field(default="gelu", description="What bends the hidden layer")
    norm: Literal["pre", "post"] = Field(default="pre", description="Normalise what each part reads, or each sum")
    causal: Flag = Field(default=False, description="Mask what comes later: a position looks at itself and at those before it")
    eps: Real = Field(default=1e-5, ge=1e-12, le=1, description="Added to each variance, so that nothing is divided by 0")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the weights begin")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")

    def shape(self, inputs: Shape) -> Shape:
        return parted(inputs, self.heads)

    def shapes(self, units: int) -> dict[str, Shape]:
        """The shapes of the parameters, by their names."""
        hidden = units * self.factor
        norm: dict[str, Shape] = {"g": (units,), "b": (units,)}
        mlp: dict[str, Shape] = {"W1": (units, hidden), "b1": (hidden,), "W2": (hidden, units), "b2": (units,)}
        parts = {"norm1": norm, "attention": shapes(units), "norm2": norm, "mlp": mlp}
        return {f"{part}.{name}": shape for part, found in parts.items() for name, shape in found.items()}

    def begun_by(self, name: str) -> AnyInitializer | None:
        return None if name.startswith("norm") else super().begun_by(name)

    def counterpart(self, library: Literal["torch", "keras"]) -> Counterpart:
        return block(library, self.activation)

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        begun = {}
        for name, shape in self.shapes(inputs[-1]).items():
            init = self.begun_by(name)
            begun[name] = draw(init, seed, index, name, shape) if init else np.full(shape, float(name.endswith("g")))
        return begun

    def parameters(self, inputs: Shape) -> int:
        return sum(map(prod, self.shapes(inputs[-1]).values()))

    def trained(self) -> tuple[str, ...]:
        return tuple(self.shapes(1))

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        for part, norm in (("attention", "norm1"), ("mlp", "norm2")):
            read = self._normalized(tape, parameters, x, norm) if self.norm == "pre" else x
            with tape.scope(part):
                found = self._part(tape, {name.removeprefix(f"{part}."): leaf for name, leaf in parameters.items() if name.startswith(part)}, read, part)
            x = tape.apply(OPS["add"], x, found, name="sum")
            x = self._normalized(tape, parameters, x, norm) if self.norm == "post" else x
        return x

    def _part(self, tape: Tape, parameters: Mapping[str, Var], x: Var, part: str) -> Var:
        if part == "attention":
            return attend_and_join(tape, parameters, x, heads=self.heads, causal=self.causal)
        hidden = tape.apply(OPS["affine"], x, parameters["W1"], parameters["b1"], name="hidden")
        bent = tape.apply(OPS[self.activation], hidden, name=self.activation)
        return tape.apply(OPS["affine"], bent, parameters["W2"], parameters["b2"], name="answer")

    def _normalized(self, tape: Tape, parameters: Mapping[str, Var], x: Var, norm: str) -> Var:
        with tape.scope(norm):
            return normalized(tape, {name: parameters[f"{norm}.{name}"] for name in "gb"}, x, self.eps)

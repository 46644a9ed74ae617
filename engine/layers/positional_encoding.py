"""Positional encoding."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.normal import Normal
from engine.layers import Layer, draw
from engine.layers.attention_elsewhere import positions
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class PositionalEncoding(Layer):
    """Add to each position of a sequence a vector that says which one it is: learned, or sines and cosines of it (Vaswani et al. 2017, arXiv:1706.03762)."""

    title: ClassVar[str] = "positional encoding"
    sample_shape: ClassVar[Shape] = (2, 2)
    kind: Literal["positional_encoding"] = "positional_encoding"
    encoding: Literal["learned", "sinusoidal"] = Field(default="learned", description="Whether the vectors are learned, or fixed waves of the position")
    init: AnyInitializer = Field(default=Normal(std=0.1), description="How learned vectors begin")

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) != 2:
            raise SpecError(
                "layers", f"values of shape {list(inputs)} arrive, and a sequence of steps and values is expected; put an embedding or a reshape before"
            )
        return inputs

    def counterpart(self, library: Literal["torch", "keras"]) -> Counterpart:
        return positions(library, learned=self.encoding == "learned")

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        return {"P": draw(self.init, seed, index, "P", inputs)} if self.encoding == "learned" else {}

    def parameters(self, inputs: Shape) -> int:
        return prod(inputs) if self.encoding == "learned" else 0

    def trained(self) -> tuple[str, ...]:
        return ("P",) if self.encoding == "learned" else ()

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        if self.encoding == "learned":
            return tape.apply(OPS["add_positions"], x, parameters["P"], name="placed")
        return tape.apply(OPS["add_waves"], x, name="placed")

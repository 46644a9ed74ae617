"""Linear."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Flag, Int
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer
from engine.ops import OPS
from engine.streams import stream
from engine.tape import Tape, Var


class Linear(Layer):
    """Give each unit its weighted sum of the inputs and a bias: z = x W + b, with W of shape (inputs, units)."""

    prominent: ClassVar[bool] = True
    kind: Literal["linear"] = "linear"
    units: Int = Field(default=4, ge=1, le=4096, description="How many units")
    bias: Flag = Field(default=True, description="Whether each unit adds a bias")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the weights begin")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")
    train: tuple[Literal["W", "b"], ...] = Field(default=("W", "b"), description="Which parameters the updates may change")

    def width(self, inputs: int) -> int:
        return self.units

    def start(self, seed: int, index: int, inputs: int) -> dict[str, Array]:
        made = {"W": self._draw(self.init, seed, f"{index}.W", (inputs, self.units))}
        if self.bias:
            made["b"] = self._draw(self.bias_init, seed, f"{index}.b", (self.units,))
        return made

    def trained(self) -> tuple[str, ...]:
        return self.train

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        if self.bias:
            return tape.apply(OPS["affine"], x, parameters["W"], parameters["b"], name="z")
        return tape.apply(OPS["matmul"], x, parameters["W"], name="z")

    def _draw(self, init: AnyInitializer, seed: int, name: str, shape: tuple[int, ...]) -> Array:
        values = np.asarray(init.draw(stream(seed, f"init {name}"), shape), dtype=np.float64)
        if values.shape != shape:
            raise SpecError(f"layers.{name.replace('.', '.init of ')}", f"{name} has shape {shape}, and its first values have shape {values.shape}")
        return values

"""Linear."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Flag, Int
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer, draw
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class Linear(Layer):
    """Give each unit its weighted sum of the inputs and a bias: z = x W + b, with W of shape (inputs, units). A sequence is taken moment by moment."""

    prominent: ClassVar[bool] = True
    torch: ClassVar[Counterpart] = Counterpart("nn.Linear({inputs}, {units}, bias={bias})", parameters={"W": "weight", "b": "bias"}, turned={"W": ".T"})
    keras: ClassVar[Counterpart] = Counterpart(
        "layers.Dense({units}, use_bias={bias}, kernel_initializer={init}, bias_initializer={bias_init}{penalty})", parameters={"W": "kernel", "b": "bias"}
    )
    kind: Literal["linear"] = "linear"
    units: Int = Field(default=4, ge=1, le=4096, description="How many units")
    bias: Flag = Field(default=True, description="Whether each unit adds a bias")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the weights begin")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")
    train: tuple[Literal["W", "b"], ...] = Field(default=("W", "b"), description="Which parameters the updates may change")

    def shape(self, inputs: Shape) -> Shape:
        return (*inputs[:-1], self.units)

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        made = {"W": draw(self.init, seed, index, "W", (inputs[-1], self.units))}
        if self.bias:
            made["b"] = draw(self.bias_init, seed, index, "b", (self.units,))
        return made

    def parameters(self, inputs: Shape) -> int:
        return (inputs[-1] + self.bias) * self.units

    def trained(self) -> tuple[str, ...]:
        return self.train

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        if self.bias:
            return tape.apply(OPS["affine"], x, parameters["W"], parameters["b"], name="z")
        return tape.apply(OPS["matmul"], x, parameters["W"], name="z")

"""Convolution."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Int
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.he_uniform import HeUniform
from engine.initializers.zeros import Zeros
from engine.layers import Layer, draw, image_of
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class Conv2d(Layer):
    """Move small filters over an image and weigh what each window shows: every filter looks for the same thing everywhere (LeCun et al. 1989).

    W has shape (filters, channels / groups, size, size), as in PyTorch; the image (channels, height, width).
    """

    title: ClassVar[str] = "convolution"
    sample_shape: ClassVar[Shape] = (1, 3, 4)
    torch: ClassVar[Counterpart] = Counterpart(
        "nn.Conv2d({channels}, {filters}, {size}, stride={stride}, padding={padding}, groups={groups})", parameters={"W": "weight", "b": "bias"}
    )
    keras: ClassVar[Counterpart] = Counterpart(
        'keras.Sequential([layers.ZeroPadding2D({padding}, data_format="channels_first"), layers.Conv2D({filters}, {size}, strides={stride}, '
        'groups={groups}, data_format="channels_first", kernel_initializer={init}, bias_initializer={bias_init}{penalty})])',
        parameters={"W": "layers[1].kernel", "b": "layers[1].bias"},
        turned={"W": ".transpose(2, 3, 1, 0)"},
    )
    kind: Literal["conv2d"] = "conv2d"
    filters: Int = Field(default=4, ge=1, le=256, description="How many filters, each giving one channel")
    size: Int = Field(default=3, ge=1, le=11, description="Side of the window")
    stride: Int = Field(default=1, ge=1, le=8, description="How far the window moves")
    padding: Int = Field(default=1, ge=0, le=8, description="Zeros laid around the image")
    groups: Int = Field(default=1, ge=1, le=64, description="Groups of channels, each seen by its own group of filters")
    init: AnyInitializer = Field(default=HeUniform(), description="How the filters begin")
    bias_init: AnyInitializer = Field(default=Zeros(), description="How the biases begin")
    train: tuple[Literal["W", "b"], ...] = Field(default=("W", "b"), description="Which parameters the updates may change")

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) == 3 and (inputs[0] % self.groups or self.filters % self.groups):
            raise SpecError("groups", f"{inputs[0]} channels and {self.filters} filters do not part into {self.groups} groups")
        return image_of(OPS["conv2d"], inputs, (self._filters(inputs), (self.filters,)), self._choices())

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        return {"W": draw(self.init, seed, index, "W", self._filters(inputs)), "b": draw(self.bias_init, seed, index, "b", (self.filters,))}

    def parameters(self, inputs: Shape) -> int:
        return prod(self._filters(inputs)) + self.filters

    def trained(self) -> tuple[str, ...]:
        return self.train

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return tape.apply(OPS["conv2d"], x, parameters["W"], parameters["b"], name="z", choices=self._choices())

    def _filters(self, inputs: Shape) -> Shape:
        return (self.filters, inputs[0] // self.groups, self.size, self.size)

    def _choices(self) -> dict[str, int]:
        return {"stride": self.stride, "padding": self.padding, "groups": self.groups}

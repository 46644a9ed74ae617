"""What the pooling layers share."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from engine.component import Int
from engine.layers import Layer, image_of
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class Pooling(Layer):
    """A layer without parameters that looks at an image through a window."""

    op: ClassVar[str] = ""
    sample_shape: ClassVar[Shape] = (2, 2, 4)
    size: Int = Field(default=2, ge=1, le=32, description="Side of the window")
    stride: Int | None = Field(default=None, ge=1, le=32, description="How far the window moves; null is its own side, so that windows do not overlap")

    def shape(self, inputs: Shape) -> Shape:
        return image_of(OPS[self.op], inputs, (), self._choices())

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return tape.apply(OPS[self.op], x, choices=self._choices())

    def _choices(self) -> dict[str, int]:
        return {"size": self.size, "stride": self.stride or self.size}

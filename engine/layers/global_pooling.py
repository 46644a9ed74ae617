"""What the global pooling layers share."""

from collections.abc import Mapping
from typing import ClassVar

from engine.errors import SpecError
from engine.layers import Layer
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var


class GlobalPooling(Layer):
    """A layer without parameters that says of each channel one thing, over all pixels of an image or all moments of a sequence."""

    op: ClassVar[str] = ""
    sample_shape: ClassVar[Shape] = (2, 2, 2)

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) not in (2, 3):
            raise SpecError("layers", f"values of shape {list(inputs)} arrive, and an image or a sequence is expected; put a reshape before it")
        return (inputs[0] if len(inputs) == 3 else inputs[1],)

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return tape.apply(OPS[self.op], x)

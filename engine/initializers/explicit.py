"""Given values."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart
from engine.errors import SpecError
from engine.initializers import Initializer, Matrix, Shape
from engine.rows import Values


class Explicit(Initializer):
    """Given values, number by number: weights as one row for each input, biases as one row."""

    title: ClassVar[str] = "given values"
    torch: ClassVar[Counterpart] = Counterpart("{tensor}.copy_(torch.tensor({values}){turned})")
    keras: ClassVar[Counterpart] = Counterpart("lambda shape, dtype=None: keras.ops.array({values}, dtype)")
    kind: Literal["explicit"] = "explicit"
    values: Values = Field(default=((0.0,),), description="Rows of numbers, one row for each input; for biases, one list of numbers")

    def draw(self, rng: np.random.Generator, shape: Shape) -> Matrix:
        values = np.array(self.values, dtype=np.float64)
        if values.shape != shape:
            what = "weights have shape (inputs, units) =" if len(shape) == 2 else "biases have shape"
            field = "init.values" if len(shape) == 2 else "bias_init.values"
            raise SpecError(field, f"this layer's {what} {_words(shape)}, and the values given have shape {_words(values.shape)}; give {_wanted(shape)}")
        return values


def _words(shape: Shape) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _wanted(shape: Shape) -> str:
    return f"{shape[0]} row(s) of {shape[1]}" if len(shape) == 2 else f"one list of {shape[0]}"

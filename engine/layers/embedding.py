"""Embedding."""

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.component import Counterpart, Int
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.normal import Normal
from engine.layers import Layer, draw
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

TOKENS = '''class Tokens(nn.Embedding):
    """An embedding of tokens that come as floats."""

    def forward(self, x):
        return super().forward(x.long())
'''


class Embedding(Layer):
    """Look up a learned vector for each token: the columns of the data are the tokens of a sequence, whole numbers from 0. W has shape (tokens, units)."""

    first: ClassVar[bool] = True
    sample_shape: ClassVar[Shape] = (3,)
    sample: ClassVar[Mapping[str, int]] = {"tokens": 3, "units": 3}
    torch: ClassVar[Counterpart] = Counterpart("Tokens({tokens}, {units})", parameters={"W": "weight"}, needs=TOKENS)
    keras: ClassVar[Counterpart] = Counterpart(
        "layers.Embedding({tokens}, {units}, embeddings_initializer={init}{embeddings_penalty})", parameters={"W": "embeddings"}
    )
    kind: Literal["embedding"] = "embedding"
    tokens: Int = Field(default=8, ge=1, le=4096, description="How many different tokens there are, numbered from 0")
    units: Int = Field(default=4, ge=1, le=256, description="The length of each token's vector")
    init: AnyInitializer = Field(default=Normal(std=1.0), description="How the vectors begin")

    def shape(self, inputs: Shape) -> Shape:
        if len(inputs) != 1:
            raise SpecError("layers", f"values of shape {list(inputs)} arrive, and a row of tokens is expected; put the embedding first")
        return (*inputs, self.units)

    def check(self, inputs: Array) -> None:
        wrong = np.argwhere((inputs != np.rint(inputs)) | (inputs < 0) | (inputs >= self.tokens))
        if wrong.size:
            row, column = map(int, wrong[0])
            came = f"example {row} has {inputs[row, column]:g} in column {column + 1}"
            raise SpecError(
                "tokens",
                f"an embedding of {self.tokens} tokens reads whole numbers from 0 to {self.tokens - 1}, and {came}; "
                "take data made of tokens, without standardising or features, and as many tokens as it has",
            )

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        return {"W": draw(self.init, seed, index, "W", (self.tokens, self.units))}

    def parameters(self, inputs: Shape) -> int:
        return self.tokens * self.units

    def trained(self) -> tuple[str, ...]:
        return ("W",)

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return tape.apply(OPS["embed"], x, parameters["W"], name="embedded")

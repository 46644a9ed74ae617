"""Attention with one head."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Counterpart, Flag, Int
from engine.errors import SpecError
from engine.formula.calls import Array
from engine.initializers import AnyInitializer
from engine.initializers.xavier_uniform import XavierUniform
from engine.layers import Layer, draw
from engine.layers.attention_elsewhere import one_head
from engine.op import Shape
from engine.ops import OPS
from engine.tape import Tape, Var

ASKS = {"q": "queries", "k": "keys", "v": "values"}


class Attention(Layer):
    """Let each position of a sequence ask all others: its query is compared with their keys, and their values are mixed by how well they suit.

    Queries, keys and values are x Wq, x Wk and x Wv (Vaswani et al. 2017, arXiv:1706.03762). One head, no biases.
    """

    named: ClassVar[bool] = True
    sample_shape: ClassVar[Shape] = (3, 2)
    sample: ClassVar[Mapping[str, object]] = {"units": 2, "causal": True}
    kind: Literal["attention"] = "attention"
    units: Int = Field(default=4, ge=1, le=256, description="The length of queries, keys and values")
    causal: Flag = Field(default=False, description="Mask what comes later: a position looks at itself and at those before it")
    init: AnyInitializer = Field(default=XavierUniform(), description="How the weights begin")

    def shape(self, inputs: Shape) -> Shape:
        return (sequence(inputs)[0], self.units)

    def counterpart(self, library: Literal["torch", "keras"]) -> Counterpart:
        return one_head(library)

    def start(self, seed: int, index: int | str, inputs: Shape) -> dict[str, Array]:
        return {f"W{letter}": draw(self.init, seed, index, f"W{letter}", (inputs[-1], self.units)) for letter in ASKS}

    def parameters(self, inputs: Shape) -> int:
        return 3 * inputs[-1] * self.units

    def trained(self) -> tuple[str, ...]:
        return ("Wq", "Wk", "Wv")

    def record(self, tape: Tape, parameters: Mapping[str, Var], x: Var) -> Var:
        return attend(tape, parameters, x, heads=1, causal=self.causal)


def attend(tape: Tape, parameters: Mapping[str, Var], x: Var, *, heads: int, causal: bool) -> Var:
    """Record self-attention: queries, keys and values (with biases bq, bk, bv where there are such), scores, weights, and the mix that they make."""
    asked = {}
    for letter, name in ASKS.items():
        with tape.scope(name):
            asked[letter] = weighed(tape, parameters, x, letter, name)
    with tape.scope("scores"):
        scores = tape.apply(OPS["scores"], asked["q"], asked["k"], name="scores", choices={"heads": heads})
    with tape.scope("weights"):
        weights = tape.apply(OPS["causal_softmax" if causal else "softmax"], scores, name="weights")
    with tape.scope("mix"):
        return tape.apply(OPS["mix"], weights, asked["v"], name="mix", choices={"heads": heads})


def weighed(tape: Tape, parameters: Mapping[str, Var], x: Var, letter: str, name: str) -> Var:
    """x W, and + b where there is a bias."""
    if f"b{letter}" in parameters:
        return tape.apply(OPS["affine"], x, parameters[f"W{letter}"], parameters[f"b{letter}"], name=name)
    return tape.apply(OPS["matmul"], x, parameters[f"W{letter}"], name=name)


def sequence(inputs: Shape) -> Shape:
    """The shape of a sequence; raises SpecError where none arrives."""
    if len(inputs) != 2:
        raise SpecError(
            "layers", f"values of shape {list(inputs)} arrive, and attention reads a sequence of steps and values; put an embedding or a reshape before"
        )
    return inputs

"""Clipping the whole gradient by its length."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.clips import Clip
from engine.component import Counterpart, Real
from engine.formula import compile_formula
from engine.formula.calls import Array
from engine.op import Calls


class ByNorm(Clip):
    """Shorten the whole gradient to the limit where it is longer, and keep its direction (Pascanu et al. 2013); 10⁻⁶ is added to the length, as in PyTorch."""

    title: ClassVar[str] = "by global norm"
    prominent: ClassVar[bool] = True
    measured: ClassVar[Mapping[str, str]] = {"square": "g @ g"}
    formula: ClassVar[str] = "g * minimum(1, limit / (sqrt(square) + 0.000001))"
    symbols: ClassVar[Mapping[str, str]] = {"square": "<msup><mrow><mo>‖</mo><mi>g</mi><mo>‖</mo></mrow><mn>2</mn></msup>"}
    whole: ClassVar[bool] = True
    torch: ClassVar[Counterpart] = Counterpart("nn.utils.clip_grad_norm_(model.parameters(), {limit})")
    keras: ClassVar[Counterpart] = Counterpart("global_clipnorm={limit}", "Keras adds nothing to the length, where the lab and PyTorch add 1e-6")
    kind: Literal["norm"] = "norm"
    limit: Real = Field(default=1.0, gt=0, le=1e6, description="Largest length of the gradient")

    def emit(self, gradient: Array, applied: Array, scratch: Callable[..., Array]) -> Calls:
        square = np.zeros((), applied.dtype)
        yield gradient.dot, (gradient, square)
        values = {"g": gradient, "square": square, "limit": np.array(self.limit, applied.dtype)}
        yield from compile_formula(self.formula, applied, values, scratch)

    def numbers(self, gradient: Array) -> dict[str, float]:
        return {**super().numbers(gradient), "square": float(gradient.dot(gradient))}

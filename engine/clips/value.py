"""Clipping each number by itself."""

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from engine.clips import Clip
from engine.component import Counterpart, Real
from engine.formula import compile_formula
from engine.formula.calls import Array
from engine.op import Calls


class ByValue(Clip):
    """Hold every number of the gradient between −limit and limit; its direction may change."""

    title: ClassVar[str] = "by value"
    formula: ClassVar[str] = "maximum(minimum(g, limit), -limit)"
    torch: ClassVar[Counterpart] = Counterpart("nn.utils.clip_grad_value_(model.parameters(), {limit})")
    keras: ClassVar[Counterpart] = Counterpart("clipvalue={limit}")
    kind: Literal["value"] = "value"
    limit: Real = Field(default=1.0, gt=0, le=1e6, description="Largest size of any number")

    def emit(self, gradient: Array, applied: Array, scratch: Callable[..., Array]) -> Calls:
        return compile_formula(self.formula, applied, {"g": gradient, "limit": np.array(self.limit, applied.dtype)}, scratch)

"""Clipping."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.clips.norm import ByNorm
from engine.component import Real
from engine.remedies import Remedy
from engine.spec import SessionSpec


class Clipping(Remedy):
    """Shorten the gradient where it is longer than a limit, and keep its direction (Pascanu, Mikolov and Bengio 2013). A vanished gradient stays vanished."""

    prominent: ClassVar[bool] = True
    against: ClassVar[str] = "a gradient that explodes"
    kind: Literal["clipping"] = "clipping"
    limit: Real = Field(default=1.0, gt=0, le=1e6, description="Largest length of the whole gradient")

    def apply(self, spec: SessionSpec) -> SessionSpec:
        return spec.model_copy(update={"clip": ByNorm(limit=self.limit)})

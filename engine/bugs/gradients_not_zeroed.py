"""Letting gradients pile up."""

from typing import TYPE_CHECKING, ClassVar, Literal

from engine.bugs import Bug

if TYPE_CHECKING:
    from engine.program import Program


class GradientsNotZeroed(Bug):
    """Each batch's gradient is added to what the batches before it left, because nobody sets it back to zero."""

    title: ClassVar[str] = "gradients not zeroed"
    does: ClassVar[str] = "From the second update on, the gradient is the sum over all batches so far, like a momentum that never fades."
    slip: ClassVar[str] = "The gradients of earlier batches are still in that."
    accumulates: ClassVar[bool] = True
    kind: Literal["gradients_not_zeroed"] = "gradients_not_zeroed"

    def unfit(self, program: "Program", trained: set[str]) -> str | None:
        return None

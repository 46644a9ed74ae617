"""Where the gradient comes from: backpropagation, or an estimate by forward passes alone."""

from typing import TYPE_CHECKING, ClassVar

from engine.component import Component, discover, union

if TYPE_CHECKING:
    from engine.perturbation import Perturbation
    from engine.program import Program


class Gradient(Component):
    """A way to the gradient of the loss."""

    family: ClassVar[str] = "gradients"

    def estimator(self, program: "Program", seed: int) -> "Perturbation | None":
        """What takes the place of the backward pass in a program; None where backpropagation itself is meant."""
        return None

    def expected_error(self, parameters: int) -> float:
        """The root mean square of |ĝ − g| / |g| for so many parameters."""
        return 0.0


discover(__name__)

if TYPE_CHECKING:
    AnyGradient = Gradient
else:
    AnyGradient = union(Gradient)

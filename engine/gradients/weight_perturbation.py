"""Weight perturbation."""

from typing import ClassVar, Literal

from pydantic import Field

from engine.component import Int, Real
from engine.gradients import Gradient
from engine.perturbation import Perturbation, expected_error
from engine.program import Program


class WeightPerturbation(Gradient):
    """Nudge all weights at once in a random direction, measure how the loss answers by two forward passes, and credit every weight with its part of the nudge.

    Right on average and off by √((weights + 1) / directions) times its own length, so that training crawls (Spall 1992; Werfel, Xie and Seung 2005).
    """

    prominent: ClassVar[bool] = True
    kind: Literal["weight_perturbation"] = "weight_perturbation"
    sigma: Real = Field(default=0.001, gt=0, le=1, description="How far the weights are nudged, σ")
    directions: Int = Field(default=1, ge=1, le=64, description="Random directions tried for one update, two forward passes each")

    def estimator(self, program: Program, seed: int) -> Perturbation:
        return Perturbation(program, seed, self.sigma, self.directions)

    def expected_error(self, parameters: int) -> float:
        return expected_error(parameters, self.directions)

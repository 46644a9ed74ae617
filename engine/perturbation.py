"""The gradient estimated by forward passes alone: weights nudged along random directions, each credited with its part of what the loss then does.

With directions v₁ … vₙ of standard normal numbers, ĝ = Σₖ (L(w + σ vₖ) − L(w − σ vₖ)) / (2 σ n) · vₖ. It is right on average, since the mean of
v vᵀ is the identity, and its mean squared error is (P + 1) / n times |g|² for P weights.
"""

from collections.abc import Iterator

import numpy as np

from engine.arena import Arena
from engine.formula import Call
from engine.formula.calls import Array
from engine.keeping import still
from engine.program import Program
from engine.step import Step
from engine.streams import stream


def direction(seed: int, number: int, update: int, size: int) -> Array:
    """The standard normal numbers of one direction of one update, (parameters,): always the same."""
    return stream(seed, f"perturbation {number}", update).standard_normal(size)


def expected_error(parameters: int, directions: int) -> float:
    """The root mean square of |ĝ − g| / |g|, for a loss without curvature."""
    return float(np.sqrt((parameters + 1) / directions))


class Perturbation:
    """Takes the place of the backward pass in a program. The nudged weights and the values that follow from them stand in buffers of their own."""

    def __init__(self, program: Program, seed: int, sigma: float, directions: int) -> None:
        self.program = program
        self.seed = seed
        self.sigma = sigma
        self.directions = directions
        self.nudged = Arena({name: view.shape for name, view in program.parameters.views.items()}, program.dtype)
        self.forward = Program(program.tape, self.nudged)
        self.update = np.zeros((), np.int64)
        self.direction: Array = np.zeros_like(program.parameters.flat)
        self.losses: Array = np.zeros(2, program.dtype)

    def begin(self, update: int) -> None:
        """Note the update whose directions are drawn."""
        self.update[...] = update

    def memory(self) -> list[Array]:
        """What the next instruction reads of the last: the update, the direction, the two losses."""
        return [self.update, self.direction, self.losses]

    def instructions(self) -> Iterator[tuple[Step, list[Call]]]:
        """For each direction: draw it, measure the loss on one side, on the other, and add what that says to the gradient."""
        up, down = self.losses[:1].reshape(()), self.losses[1:].reshape(())
        share = np.array(1 / (2 * self.sigma * self.directions), self.program.dtype)
        scale, part = np.zeros((), self.program.dtype), np.zeros_like(self.direction)
        assert self.program.gradients is not None
        gradient = self.program.gradients.flat
        for number in range(self.directions):
            of = f"direction {number + 1} of {self.directions}"
            yield _draw_step(of), [(self._draw, (number,))]
            yield _plus_step(of), self._measured(self.sigma, up)
            yield _minus_step(of), self._measured(-self.sigma, down)
            credit: list[Call] = [(np.subtract, (up, down, scale)), (np.multiply, (scale, share, scale))]
            into = gradient if number == 0 else part
            credit.append((np.multiply, (self.direction, scale, into)))
            yield _credit_step(of), credit + ([] if number == 0 else [(np.add, (gradient, part, gradient))])

    def _draw(self, number: int) -> None:
        self.direction[...] = still(self.nudged, direction(self.seed, number, int(self.update), self.direction.size))

    def _measured(self, sigma: float, loss: Array) -> list[Call]:
        """The calls of a forward pass with the weights nudged by `sigma` along the direction."""
        step, forward = np.array(sigma, self.program.dtype), self.forward
        calls: list[Call] = [
            (np.multiply, (self.direction, step, self.nudged.flat)),
            (np.add, (self.program.parameters.flat, self.nudged.flat, self.nudged.flat)),
            (np.copyto, (forward.batch.flat, self.program.batch.flat)),
            (np.copyto, (forward.noise.flat, self.program.noise.flat)),
        ]
        calls += [call for instruction in forward.instructions for call in instruction.calls]
        return [*calls, (np.copyto, (loss, forward.value(forward.root)))]


def _sub(letter: str, index: str) -> str:
    return f"<msub><mi>{letter}</mi>{index}</msub>"


_UP, _DOWN = _sub("L", "<mo>+</mo>"), _sub("L", "<mo>−</mo>")
_ESTIMATE = "<mover><mi>g</mi><mo>^</mo></mover>"


def _draw_step(of: str) -> Step:
    formula = "<mi>v</mi><mo>∼</mo><mi>N</mi><mo>(</mo><mn>0</mn><mo>,</mo><mn>1</mn><mo>)</mo>"
    return Step("v", f"{of} is drawn", f"draw {of}: a random number for every weight", formula)


def _plus_step(of: str) -> Step:
    formula = f"{_UP}<mo>=</mo><mi>L</mi><mo>(</mo><mi>w</mi><mo>+</mo><mi>σ</mi><mi>v</mi><mo>)</mo>"
    return Step("L₊", f"{of}: the loss with all weights nudged along it is known", f"nudge all weights along {of}, and run a forward pass", formula)


def _minus_step(of: str) -> Step:
    formula = f"{_DOWN}<mo>=</mo><mi>L</mi><mo>(</mo><mi>w</mi><mo>−</mo><mi>σ</mi><mi>v</mi><mo>)</mo>"
    return Step("L₋", f"{of}: the loss with all weights nudged the other way is known", f"nudge all weights against {of}, and run a forward pass", formula)


def _credit_step(of: str) -> Step:
    ratio = f"<mfrac><mrow>{_UP}<mo>−</mo>{_DOWN}</mrow><mrow><mn>2</mn><mi>σ</mi><mi>n</mi></mrow></mfrac>"
    formula = f"{_ESTIMATE}<mo>=</mo>{_ESTIMATE}<mo>+</mo>{ratio}<mi>v</mi>"
    return Step("ĝ", f"{of} is added to the estimate", f"credit every weight with its part of {of}", formula)

"""The shown update's estimated gradient told again, example by example: what each direction's two forward passes say of each.

An estimate is linear in the losses, so each example has an estimate of its own along the same directions, and theirs average to the batch's.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import OutOfReach
from engine.formula.calls import Array
from engine.keeping import still
from engine.op import Index
from engine.perturbation import Perturbation, direction, expected_error
from engine.plain import plain
from engine.program import Program
from engine.words import percent

if TYPE_CHECKING:
    from engine.session import Session

ROWS = 6
"""Directions that are listed, the strongest first; the rest is folded into one row with its sum."""
WORDS = "weight perturbation"


def estimated(session: "Session") -> bool:
    """Whether the shown gradients are estimates, of which no operation has a part."""
    return session.position > (0, 0) and session.computed_with.gradient.kind != "backpropagation"


def refuse_estimate(session: "Session", what: str) -> None:
    """Raise OutOfReach for what only backpropagation has."""
    if estimated(session) or session.settings.gradient.kind != "backpropagation":
        raise OutOfReach(f"the gradient is estimated by {WORDS}, which has no {what}; set gradient to backpropagation, and go on by one update, for it")


class Estimate:
    """What the directions say of these examples: `rises`, (directions, examples), is each loss on one side less that on the other, over 2 σ n."""

    def __init__(self, session: "Session", rows: list[int]) -> None:
        network = session.network
        program = Program(network.record(len(rows)), network.parameters())
        made = session.computed_with.gradient.estimator(program, session.spec.seed)
        assert isinstance(made, Perturbation)
        self.update, self.seed, self.directions, self.sigma = session.shown_update, made.seed, made.directions, made.sigma
        self.start = session.shown_parameters().copy()
        self.arena = session.parameters_arena
        forward = made.forward
        forward.batch.views[0][...], forward.batch.views[1][...] = session.data.rows_of(rows)
        forward.draw(self.update)
        losses = forward.value(forward.tape.marks["each"])[:, 0]
        self.rises: Array = np.zeros((self.directions, len(rows)))
        step = np.array(self.sigma, network.dtype)
        with np.errstate(all="ignore"):
            for number in range(self.directions):
                for sign in (1, -1):
                    made.nudged.flat[...] = self.start + sign * step * self.direction(number)
                    forward.run()
                    self.rises[number] += sign * losses
        self.rises /= 2 * self.sigma * self.directions

    def direction(self, number: int) -> Array:
        """The numbers of one direction, (parameters,), as the program has drawn them."""
        return still(self.arena, direction(self.seed, number, self.update, self.start.size)).astype(self.start.dtype)

    def gradient(self, row: int) -> Array:
        """One example's estimate, (parameters,)."""
        found = np.zeros(self.start.size)
        for number in range(self.directions):
            found += self.rises[number, row] * self.direction(number)
        return found

    def shares(self, place: int) -> Array:
        """Every example's estimate at one place of the vector, (examples,)."""
        return np.array([self.direction(number)[place] for number in range(self.directions)]) @ self.rises

    def told(self, place: int, row: int) -> dict[str, Any]:
        """One example's estimate at one place laid open: for each direction its rise times the place's part in it, and the error to be expected."""
        parts = [(number, float(self.rises[number, row]), float(self.direction(number)[place])) for number in range(self.directions)]
        ordered = sorted(parts, key=lambda part: -abs(part[1] * part[2])) if len(parts) > ROWS else parts
        rest = [rise * own for _, rise, own in ordered[ROWS:]]
        error = expected_error(self.start.size, self.directions)
        return {
            "directions": self.directions,
            "sigma": self.sigma,
            "rows": [{"direction": number + 1, "rise": plain(rise), "part": plain(own), "product": plain(rise * own)} for number, rise, own in ordered[:ROWS]],
            "folded": {"count": len(rest), "sum": plain(sum(rest))} if rest else None,
            "total": plain(sum(rise * own for _, rise, own in parts)),
            "expected_error": error,
            "sentence": f"No operation is gone back through: {WORDS} nudges all {self.start.size:,} parameters at once, and credits each with its part. "
            f"The whole gradient must be expected to be off by {percent(error)} of its length.",
        }


def place_of(session: "Session", name: str, index: Index) -> int:
    """Where one number of a parameter stands in the vector."""
    return session.parameters_arena.spans[name][0] + int(np.ravel_multi_index(index, session.parameters_arena.views[name].shape))

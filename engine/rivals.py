"""The same gradients given to every optimiser: what each would make of one weight, side by side.

Every rule runs as it does in training, over a vector of two weights: the first is given the gradients that this weight really had, update
by update or in a game turn by turn, the second the newest of them again and again. All begin where the weight stood, without memory, at one rate.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.component import kinds
from engine.formula.calls import Array
from engine.lender import Lender
from engine.optimizers import Optimizer
from engine.plain import plain
from engine.position import Position
from engine.scene import Scene
from engine.twin import rewound
from engine.update import Update
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

GIVEN = 60
"""Gradients that are given at the most; fewer where the run is younger, or where so many are too far to replay."""


def rivals(session: "Session", place: int, seen: Scene, turns: list[int], told: Mapping[str, float]) -> dict[str, Any] | None:
    """Each optimiser's path of one place of the flat vector, whose player has these turns; None before there is a gradient.

    `told` are the scene's numbers after its lines: g is the gradient as it is applied, and w what it makes of the weight.
    """
    gradients, weights = _past(session, place, seen, turns)
    if seen.known and seen.number == session.position.update:
        gradients.append(told["g"])
        weights += [told["w"]] if len(seen.written) == len(seen.update.lines) else []
    if not gradients:
        return None
    start, count = weights[0], len(gradients)
    given = np.full((max(count, GIVEN), 2), gradients[-1])
    given[:count, 0] = gradients
    rows = []
    for rule in _rules(seen.update.optimizer, seen.numbers["rate"]):
        paths = _paths(rule, start, given.astype(session.network.dtype)) - start
        recorded = paths[: count + 1, 0]
        rows.append(
            {
                "kind": rule.kind,
                "title": rule.title,
                "own": rule.kind == seen.update.optimizer.kind,
                "step": plain(recorded[-1] - recorded[-2]),
                "path": plain(recorded),
                "repeated": plain(paths[: GIVEN + 1, 1]),
            }
        )
    return {
        "rate": seen.numbers["rate"],
        "given": count,
        "unit": "update" if len(turns) == 1 else "turn",
        "repeated": GIVEN,
        "gradient": plain(gradients[-1]),
        "start": plain(start),
        "actual": plain(np.array(weights) - start),
        "rows": rows,
        "sentence": _sentence(seen, count),
    }


def _past(session: "Session", place: int, seen: Scene, turns: list[int]) -> tuple[list[float], list[float]]:
    """The applied gradients of the last updates that are done, and of its player's turns since; and the weight before the first and after each of them."""
    done, instruction = session.position
    since = instruction > 0 and turns[0] < seen.turn
    for back in range(min(GIVEN // len(turns), done), -1 if since else 0, -1):
        machine = rewound(session, done - back, ahead=back + since)
        if machine is None:
            continue
        gradients: list[float] = []
        weights = [float(machine.parameters_arena.flat[place])]
        for number in range(done - back, done + since):
            machine.run(Position(number, 0), tap=())
            for stop in _stops(machine, turns, seen.turn if number == done else turns[-1] + 1):
                machine.run(stop, tap=())
                gradients.append(float(machine.update.applied[place]))
                weights.append(float(machine.parameters_arena.flat[place]))
        return gradients[-GIVEN:], weights[-GIVEN - 1 :]
    return [], [seen.numbers["w"]]


def _stops(session: "Session", turns: list[int], before: int) -> list[Position]:
    """Where a player's turns before another turn end, in the update that begins here; where the player has one turn, the end of the update will do."""
    update = session.position.update
    if len(turns) == 1:
        return [Position(update + 1, 0)]
    program = session.programs[len(session.batches.examples(update))]
    ends = [1 + max(i.index for i in program.instructions if i.turn == turn) for turn in turns if turn < before]
    return [Position(update, end) if end < len(program.instructions) else Position(update + 1, 0) for end in ends]


def _rules(own: Optimizer, rate: float) -> Iterator[Optimizer]:
    """Every registered rule at this rate: the run's own with its settings, the others with their defaults."""
    for rule in kinds(Optimizer):
        assert issubclass(rule, Optimizer)
        made = own if type(own) is rule else rule.model_validate({})
        yield made.model_copy(update={"learning_rate": rate})


def _paths(rule: Optimizer, start: float, given: Array) -> Array:
    """The weights before the first and after each row of gradients, (rows + 1, weights)."""
    shapes = {"w": (given.shape[1],)}
    parameters, gradients = Arena(shapes, given.dtype), Arena(shapes, given.dtype)
    update = Update(rule, None, parameters, gradients, {"w"})
    calls = [call for _, _, line in update.instructions(Lender(given.dtype)) for call in line]
    parameters.flat[...] = start
    path = np.empty((len(given) + 1, given.shape[1]), given.dtype)
    path[0] = start
    with np.errstate(all="ignore"):
        for number, row in enumerate(given, 1):
            gradients.flat[...] = row
            for function, arguments in calls:
                function(*arguments)
            path[number] = parameters.flat
    return path


def _sentence(seen: Scene, count: int) -> str:
    many = f"the last {count} gradients of this weight" if count > 1 else "the first gradient of this weight"
    return (
        f"Each rule is given {many}, from the same start, without memory, at η = {figure(seen.numbers['rate'])}; "
        f"{seen.update.optimizer.title} has this run's settings, the others their own defaults."
    )

"""What the whole gradient of a batch costs: by backpropagation, by moving one parameter after the other, and by random directions.

Each way is run, on scratch programs at a copy of the batch, the noise and the parameters that are shown, and its passes, operations, time and error are
told. With P parameters and n directions, central differences take 2 P forward passes, forward differences P + 1, weight perturbation 2 n.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import hypot, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.gradients.weight_perturbation import WeightPerturbation
from engine.measure import measure
from engine.operations import RULE, operations
from engine.perturbation import Perturbation, expected_error
from engine.pieces import Pieces
from engine.scratch import Scratch, Stopwatch, length, off, run
from engine.trials import Trials
from engine.words import figure, percent

if TYPE_CHECKING:
    from engine.session import Session

SECONDS = 0.1
"""Seconds of processor time for each of five measurements, and so half a second in all; a part that is begun is ended."""
REPEATS = 50
"""How often backpropagation is timed at most."""
DIRECTIONS = (1, 10, 100)
"""Numbers of random directions that are tried."""
PARTS = 4
"""Instructions of one direction: it is drawn, the loss is measured on both sides, and every parameter is credited."""
NEAR = 0.1
"""The error for which the answer says how many directions it takes."""
TIMED = "Wall time on this machine: the median of a pass each way, of a parameter moved or of a direction tried, times their number."
BUG = " The bug that is switched on is left out here: what is compared is backpropagation as it should be."


@dataclass(frozen=True)
class Way:
    """One way to the whole gradient, of all `of` parameters; `error` is |ĝ − g| / |g| over the `measured` ones.

    `seconds` are the median time of one of its equal parts (a pass each way, a parameter moved, a direction tried), times their number.
    """

    name: str
    directions: int | None
    forward: int
    backward: int
    operations: int
    seconds: float
    error: float | None
    measured: int
    of: int
    sentence: str


def cost(session: "Session") -> Iterator[dict[str, Any] | None]:
    """Run every way; yields None after each piece and the answer at the end, so that the session may go on meanwhile."""
    position = session.position.json()
    chosen, bug = session.computed_with.gradient, session.computed_with.bug
    sigma = (chosen if isinstance(chosen, WeightPerturbation) else WeightPerturbation()).sigma
    scratch = Scratch(session)
    trials = Trials(session, session.batch_examples(), None, np.dtype(np.float64))
    yield None
    ways = [(yield from _backpropagation(scratch, trials))]
    ways.append((yield from _central(scratch)))
    ways.append((yield from _one_sided(scratch)))
    ways += yield from _directions(scratch, sigma)
    base, count = ways[0], scratch.size
    yield {
        "position": position,
        "examples": scratch.examples,
        "parameters": count,
        "gradient": length(scratch.exact),
        "sigma": sigma,
        "forward_operations": scratch.pass_ahead,
        "backward_operations": scratch.pass_back,
        "ways": [_json(way, base) for way in ways],
        "counted": RULE,
        "timed": TIMED,
        "sentence": _sentence(count) + (BUG if bug else ""),
        "pace": _pace(ways),
    }


def _backpropagation(scratch: Scratch, trials: Trials) -> Pieces[Way]:
    watch = Stopwatch()
    while not watch.times or (len(watch.times) < REPEATS and watch.spent < SECONDS):
        watch.start()
        run(scratch.ahead)
        run(scratch.back)
        watch.stop()
        yield None
    said = f"One pass forward and one pass back give all {scratch.size:,} numbers at once."
    error, known, measured = yield from _verified(scratch, trials)
    if error is not None and known is not None:
        said += f" They agree with the slopes that forward passes in double precision measure with all care, to {figure(error, 1)} of the gradient's length"
        said += ", which is as well as those are known." if error <= known else "."
    return Way("backpropagation", None, 1, 1, scratch.pass_ahead + scratch.pass_back, watch.part, error, measured, scratch.size, said)


def _verified(scratch: Scratch, trials: Trials) -> Pieces[tuple[float | None, float | None, int]]:
    """How far the gradient is from slopes measured in double precision with their own error estimate, what that comes to, and over how many parameters."""
    gaps, slopes, errors = [], [], []
    watch = Stopwatch()
    for place in scratch.places("verified"):
        watch.start()
        measured = measure(trials.parameter(*trials.parameters.locate(int(place))))
        watch.stop()
        if measured.sides is None:
            gaps.append(scratch.exact[place] - measured.difference.slope)
            slopes.append(measured.difference.slope)
            errors.append(measured.difference.error)
        yield None
        if watch.spent > SECONDS:
            break
    size = length(slopes)
    shares = [length(each) / size if size else None for each in (gaps, errors)]
    return shares[0], shares[1], len(slopes)


def _central(scratch: Scratch) -> Pieces[Way]:
    step = float(np.finfo(scratch.program.dtype).eps) ** (1 / 3)

    def slope(place: int) -> float:
        at = scratch.parameters.flat[place]
        h = at.dtype.type(step * max(1.0, abs(float(at))))
        low, high = at - h, at + h
        return (scratch.moved(place, high) - scratch.moved(place, low)) / float(high - low)

    seconds, error, measured = yield from _swept(scratch, slope)
    count = scratch.size
    said = f"Every parameter is moved up and down, one after the other: 2 · {count:,} = {2 * count:,} forward passes. "
    said += _off(error) + _sampled(measured, count)
    return Way("central_differences", None, 2 * count, 0, count * (2 * scratch.pass_ahead + 4), seconds, error, measured, count, said)


def _one_sided(scratch: Scratch) -> Pieces[Way]:
    step = float(np.finfo(scratch.program.dtype).eps) ** (1 / 2)
    once = Stopwatch()
    once.start()
    run(scratch.ahead)
    here = scratch.loss()
    once.stop()

    def slope(place: int) -> float:
        at = scratch.parameters.flat[place]
        high = at + at.dtype.type(step * max(1.0, abs(float(at))))
        return (scratch.moved(place, high) - here) / float(high - at)

    seconds, error, measured = yield from _swept(scratch, slope)
    count = scratch.size
    said = f"Every parameter is moved up, beside one pass where none is: {count:,} + 1 = {count + 1:,} forward passes. {_off(error)}{_sampled(measured, count)}"
    return Way(
        "forward_differences", None, count + 1, 0, count * (scratch.pass_ahead + 3) + scratch.pass_ahead, seconds + once.part, error, measured, count, said
    )


def _swept(scratch: Scratch, slope: Callable[[int], float]) -> Pieces[tuple[float, float | None, int]]:
    """Seconds for the slopes of all parameters, their error, and how many were measured: what there is time for, in a seeded order."""
    slopes: list[float] = []
    watch, places = Stopwatch(), scratch.places("moved")
    for place in places:
        watch.start()
        slopes.append(slope(int(place)))
        watch.stop()
        yield None
        if watch.spent > SECONDS:
            break
    return watch.part * scratch.size, off(np.array(slopes), scratch.exact[places[: len(slopes)]]), len(slopes)


def _directions(scratch: Scratch, sigma: float) -> Pieces[list[Way]]:
    """Try one direction after the other. Every n of them are an estimate of n directions: its error is the root mean square over all that there are."""
    most = DIRECTIONS[-1]
    whole = np.zeros_like(scratch.exact)
    before = dict.fromkeys(DIRECTIONS, whole)
    tries: dict[int, list[float]] = {count: [] for count in DIRECTIONS}
    watch = Stopwatch()
    counts: list[int] = []
    gradients = scratch.program.gradients
    assert gradients is not None
    estimator = Perturbation(scratch.program, scratch.seed, sigma, most)
    estimator.begin(scratch.update)
    steps = estimator.instructions()
    size = length(scratch.exact)
    for number in range(1, most + 1):
        draw, *rest = (calls for _, calls in islice(steps, PARTS))
        watch.start()
        for calls in (draw, *rest):
            run(calls)
        watch.stop()
        counts.append(scratch.size + sum(map(operations, rest)))
        whole = gradients.flat.astype(np.float64)
        for count in (each for each in DIRECTIONS if number % each == 0):
            estimate = (whole - before[count]) * (most / count)
            tries[count].append(length(estimate, scratch.exact))
            before[count] = whole
        yield None
        if watch.spent > SECONDS:
            break
    return [_tried(scratch, count, found, watch.part * count, sum(counts[:count]), size) for count, found in tries.items() if found]


def _tried(scratch: Scratch, count: int, tries: list[float], seconds: float, done: int, size: float) -> Way:
    error = hypot(*tries) / sqrt(len(tries)) / size if size else None
    ways = "A random direction" if count == 1 else f"{count:,} random directions"
    many = f", the root mean square of {len(tries):,} tries" if len(tries) > 1 else ""
    passes = f"{'takes' if count == 1 else 'take'} {2 * count:,} forward passes, however many parameters there are"
    said = f"{ways} {passes}. {_off(error, many)} √(({scratch.size:,} + 1) ∕ {count:,}) = {percent(expected_error(scratch.size, count))} is to be expected."
    return Way("weight_perturbation", count, 2 * count, 0, done, seconds, error, scratch.size, scratch.size, said)


def _off(error: float | None, further: str = "") -> str:
    if error is None:
        return "The gradient is zero here, so no share of it can be told."
    shown = percent(error) if error >= 1e-4 else f"{figure(error, 2)} of the gradient's length"
    return f"Off by {shown}{further};" if further else f"Off by {shown}."


def _sampled(measured: int, of: int) -> str:
    if measured == of:
        return ""
    return f" Measured at {measured:,} of {of:,} parameters, drawn at random; the time is that of all, in proportion."


def _json(way: Way, base: Way) -> dict[str, Any]:
    expected = expected_error(way.of, way.directions) if way.directions else None
    return {**way.__dict__, "extrapolated": way.measured < way.of and way is not base, "expected": expected, "slower": way.seconds / base.seconds}


def _sentence(count: int) -> str:
    near = round((count + 1) / NEAR**2)
    return (
        f"Backpropagation takes one forward and one backward pass for all {count:,} gradients. Moving each parameter takes {2 * count:,} forward passes "
        f"for the same, and random directions would take {2 * near:,} to come within {percent(NEAR)}."
    )


def _pace(ways: list[Way]) -> str:
    ratio = ways[1].seconds / ways[0].seconds
    times = figure(ratio, 2) if ratio < 100 else f"{float(f'{ratio:.2g}'):,.0f}"
    return f"On this machine central differences take {times} times as long as backpropagation."

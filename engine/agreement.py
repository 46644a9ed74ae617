"""Every gradient of a session's own backward pass against measured slopes, tensor by tensor: how well each agrees, and what is wrong."""

from collections.abc import Iterator
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.checks import computed, digits_of, stopped
from engine.estimate import estimated
from engine.formula.calls import Array
from engine.gradients import Gradient
from engine.measure import judge, measure
from engine.streams import stream
from engine.strides import strides
from engine.trace import straight
from engine.trials import trials
from engine.turns import turn_of
from engine.words import figure, percent

if TYPE_CHECKING:
    from engine.session import Session

SAMPLE = 200
"""Gradients measured for the whole-network check; above it, a seeded sample of so many."""
SAMPLE_WORK = 20_000_000
"""Parameters × batch × measured gradients above which the sample shrinks."""
LEAST = 2
"""Gradients measured of each parameter, however many parameters there are."""
NAMED = 3
"""Parameters that the sentence names; the list has all of them."""
CONSTANT = 1e-3
"""How far the ratios to the true values may spread and still be told as one factor."""


class One(NamedTuple):
    """One gradient and what was measured instead."""

    name: str
    gradient: float
    slope: float
    error: float
    agrees: bool | None


def check_all(session: "Session") -> Iterator[dict[str, Any] | None]:
    """Measure every gradient that this update has computed, or a seeded sample; yields None after each measurement and the verdict at the end.

    Between two updates the step that the last one has made is checked too.
    What is compared is what the session's own program left in its buffers. It is copied first, so that the session may go on meanwhile.
    """
    total = session.parameter_count
    known = computed(session)
    if not known:
        yield _undecided(total, "No gradient of this update yet" if session.position > (0, 0) else "No gradient to check yet")
        return
    arena = session.parameters_arena
    steps = strides(session)
    gradients, guessed = session.gradients_arena.flat.copy(), estimated(session)
    guess = session.computed_with.gradient
    places = _places(session, known)
    tape = session.program.tape
    turns = {node.name: turn_of(tape, node.id) for node in tape.nodes if node.role == "parameter"}
    tried = {turn: trials(session, None, turn) for turn in {turns[name] for name in known}}
    if not all(isfinite(one.loss) for one in tried.values()):
        yield _undecided(total, "The loss is not a finite number, so no gradient can be measured")
        return
    found: dict[str, list[One]] = {}
    for place in places:
        name, index = arena.locate(int(place))
        gradient = float(gradients[place])
        axis = tried[turns[name]].parameter(name, index)
        measured, agrees = (measure(axis), None) if guessed else judge(axis, gradient)
        one = One(f"{name}[{','.join(map(str, index))}]", gradient, measured.difference.slope, measured.difference.error, agrees)
        found.setdefault(name, []).append(one)
        yield None
    verdict = _verdict([_tensor(name, ones, arena.views[name].size) for name, ones in found.items()], total, steps)
    if verdict["wrong"] and straight(session.program.tape):
        verdict["sentence"] += ". Straight-through is on, and carries back what no small change of a parameter confirms"
    if why := stopped(session):
        verdict["sentence"] += f". Measured with what is carried on without its gradient held as it is: {'; '.join(why)}"
    yield verdict if not guessed else verdict | _guess([one for ones in found.values() for one in ones], total, guess)


def _places(session: "Session", known: set[str]) -> Array:
    """The places in the flat vector that are measured: all, or some of each parameter and a seeded sample of the rest."""
    spans = {name: span for name, span in session.parameters_arena.spans.items() if name in known}
    every = np.concatenate([np.arange(*span) for span in spans.values()])
    work = session.parameter_count * len(session.batch_examples())
    count = min(SAMPLE, max(len(spans), SAMPLE_WORK // work))
    if every.size <= count:
        return every
    draw = stream(session.spec.seed, "check", session.position.update)
    least = LEAST if count >= LEAST * len(spans) else 1
    some = np.concatenate([draw.choice(np.arange(*span), min(least, span[1] - span[0]), replace=False) for span in spans.values()])
    rest = np.setdiff1d(every, some)
    return np.sort(np.concatenate([some, draw.choice(rest, max(0, count - some.size), replace=False)]))


def _tensor(name: str, ones: list[One], size: int) -> dict[str, Any]:
    """One parameter's agreement: its error as a whole is the largest gap over the largest slope."""
    top = max((abs(one.slope) for one in ones), default=0.0)
    worst = max(ones, key=lambda one: (one.agrees is False, abs(one.gradient - one.slope) if isfinite(one.gradient) else inf))
    gap = abs(worst.gradient - worst.slope)
    wrong = sum(one.agrees is False for one in ones)
    error = gap / top if top else gap
    ratio = _ratio(ones) if wrong else None
    return {
        "name": name,
        "size": size,
        "checked": len(ones),
        "agree": sum(one.agrees is True for one in ones),
        "wrong": wrong,
        "relative_error": error,
        "ratio": ratio,
        "worst": {**worst._asdict(), "relative_error": error},
        "sentence": _fault(name, wrong, len(ones), error, ratio) if wrong else _harmony(error, worst),
    }


def _ratio(ones: list[One]) -> float | None:
    """The one factor by which all these gradients differ from their slopes, or None where there is none."""
    ratios = [one.gradient / one.slope for one in ones if abs(one.slope) > 100 * one.error]
    middle = float(np.median(ratios)) if ratios else 0.0
    constant = bool(ratios) and all(abs(ratio - middle) <= CONSTANT * abs(middle) for ratio in ratios)
    return middle if constant and abs(middle - 1) > CONSTANT else None


def _fault(name: str, wrong: int, checked: int, error: float, ratio: float | None) -> str:
    subject = name if wrong == checked else f"{name} ({wrong:,} of {checked:,})"
    if ratio == 0:
        return f"{subject} is zero, and should not be"
    if ratio is not None and abs(ratio + 1) <= CONSTANT:
        return f"{subject} has the wrong sign"
    if ratio is not None:
        return f"{subject} is {figure(ratio, 4)} times what it should be"
    if not isfinite(error):
        return f"{subject} is not a finite number"
    return f"{subject} is off by up to {percent(error)}" if error < 10 else f"{subject} is off by up to {figure(error, 2)} times its size"


def _harmony(error: float, worst: One) -> str:
    digits = digits_of(error)
    if worst.agrees is None and digits < 3:
        return f"off by up to {percent(error)}"
    return f"agrees to {digits} digits" if digits >= 3 else f"agrees within the measurement's own error, {figure(worst.error, 1)}"


def _verdict(tensors: list[dict[str, Any]], total: int, steps: dict[str, Any] | None) -> dict[str, Any]:
    checked, agree, wrong = (sum(tensor[what] for tensor in tensors) for what in ("checked", "agree", "wrong"))
    worst = max(tensors, key=lambda tensor: (tensor["wrong"] > 0, tensor["relative_error"] if isfinite(tensor["relative_error"]) else inf))["worst"]
    bad = [tensor for tensor in tensors if tensor["wrong"]]
    says = short = f"{checked:,} of {total:,} gradients checked"
    if bad:
        names = ", ".join(tensor["name"] for tensor in bad[:NAMED])
        short = f"{wrong:,} of {checked:,} gradients wrong: {names}" + (f" and {len(bad) - NAMED} more" if len(bad) > NAMED else "")
        more = f", and {len(bad) - NAMED} more parameters" if len(bad) > NAMED else ""
        named = "; ".join(tensor["sentence"] for tensor in bad[:NAMED])
        says = f"{wrong:,} of {checked:,} checked gradients are wrong: {named}{more}. The worst is {worst['name']}"
    elif agree < checked:
        says += f", {checked - agree:,} of them where several kinks meet, which decides nothing"
    return {
        "checked": checked,
        "of": total,
        "agree": agree,
        "wrong": wrong,
        "ok": not wrong and (steps is None or steps["ok"]),
        "worst": {"name": worst["name"], "relative_error": worst["relative_error"]},
        "tensors": tensors,
        "steps": steps,
        "estimate": None,
        "short": short,
        "sentence": says,
    }


def _guess(ones: list[One], total: int, gradient: Gradient) -> dict[str, Any]:
    """What is said of gradients that are estimates: they are not right or wrong, but so far off."""
    gaps, slopes = np.array([one.gradient - one.slope for one in ones]), np.array([one.slope for one in ones])
    length = float(np.linalg.norm(slopes))
    off = float(np.linalg.norm(gaps)) / length if length else None
    expected = gradient.expected_error(total)
    says = f"off by {percent(off)}" if off is not None else "of a gradient that is zero"
    over = f"|ĝ − g| / |g| over {len(ones):,} of {total:,}; {percent(expected)} is to be expected"
    return {
        "ok": None,
        "estimate": {"kind": gradient.kind, "off": off, "expected": expected},
        "short": f"Estimates, {says}",
        "sentence": f"These gradients are estimates by {gradient.kind.replace('_', ' ')}, {says} ({over})",
    }


def _undecided(total: int, says: str) -> dict[str, Any]:
    counts = {"checked": 0, "of": total, "agree": 0, "wrong": 0, "ok": None, "worst": None}
    return {**counts, "tensors": [], "steps": None, "estimate": None, "short": says, "sentence": says}

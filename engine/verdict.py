"""Whether a step was too small, good or too large, by a stated rule and in words."""

from math import isfinite
from typing import Literal, NamedTuple

from engine.words import figure

KEPT = 0.99
"""The share of twice the change that twice the step must bring for the step to count as too small."""
NOISE = 2.0**-48
"""The share of the loss below which a change of it is round-off."""
RULE = (
    "Too small: twice the step would bring twice as much, within 1\u00a0%. Overshoot: the loss rises, or half the step would bring more. "
    "Good: what lies between. Uphill: the step itself points up the slope, as memory, decay or clipping number by number can make it."
)

Name = Literal["too small", "good", "overshoot", "uphill", "no step", "not finite"]


class Verdict(NamedTuple):
    """A name, and a sentence that gives the reason."""

    name: Name
    sentence: str


def verdict(promised: float, start: float, half: float, full: float, double: float, *, taken: bool, source: str = "gradient") -> Verdict:
    """Judge a step by its promise and by the loss at 0, ½, 1 and 2 times it; `taken` decides the tense, and `source` is what promises."""
    change = full - start
    told = _told(promised, change, source, taken=taken)
    if not isfinite(promised) or not isfinite(change):
        return Verdict("not finite", f"{told} Overshoot: beyond all numbers. Step back, then try a smaller learning rate or clip the gradient.")
    if promised == 0 and change == 0:
        return Verdict("no step", f"{told} Nothing moves that the loss could feel.")
    noise = NOISE * max(abs(start), abs(full))
    if abs(promised) <= noise and abs(change) <= noise:
        return Verdict("too small", f"{told} Too small: the loss does not show it in its last digits.")
    if promised >= 0:
        end = "and it ends higher." if change > 0 else "though beyond the rise it ends no higher."
        return Verdict("uphill", f"{told} Uphill: this step points up the slope, {end}")
    would = "would have brought" if taken else "would bring"
    if change > 0:
        return Verdict("overshoot", f"{told} Overshoot: the loss {'rose' if taken else 'would rise'}. A smaller learning rate stops before the slope turns.")
    if half < full:
        return Verdict("overshoot", f"{told} Overshoot: half the step {would} more.")
    if start - double >= KEPT * 2 * (start - full):
        return Verdict("too small", f"{told} Too small: twice the step {would} twice as much.")
    return Verdict("good", f"{told} Good: half the step {would} less, and twice the step not twice as much.")


def _told(promised: float, change: float, source: str, *, taken: bool) -> str:
    promises, delivers = ("promised", "delivered") if taken else ("promises", "will deliver")
    said = f"The {source} {promises} a change of {figure(promised)}; the step {delivers} {figure(change)}"
    if not isfinite(promised) or not isfinite(change) or promised >= 0 or change >= 0:
        return f"{said}."
    share = change / promised
    return f"{said}, {figure(100 * share, 3)}\u00a0% of it." if share < 10 else f"{said}, {figure(share, 3)} times as much."

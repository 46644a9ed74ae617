"""Any one gradient of a session, measured again by forward passes that share no code with the backward pass."""

from math import floor, log10
from typing import TYPE_CHECKING, Any

from engine.errors import OutOfReach
from engine.estimate import estimated
from engine.keeping import refuse_kept
from engine.measure import Measured, judge, measure
from engine.sentences import label
from engine.settings import locate
from engine.trials import Axis, trials
from engine.turns import turn_at
from engine.words import figure, percent

if TYPE_CHECKING:
    from engine.kinks import Kink
    from engine.session import Session

SAME = 1e-6
"""How near the slope by every way must be to the one that counts, for nothing to be left out."""


def check(session: "Session", name: str, example: int | None) -> dict[str, Any]:
    """One parameter's gradient against its measured slope: of one example's loss, or of the batch's objective where `example` is None."""
    base, index = locate(session.parameters_arena, name)
    refuse_kept(name)
    if not index:
        raise OutOfReach(f"name one number to check, such as {name}[{','.join('0' * base.ndim)}]")
    short = name.split("[")[0]
    axis = trials(session, example, turn_at(session, f"parameter:{name}")).parameter(short, index)
    return verdict(session, axis, gradient_of(session, short, index, example))


def gradient_of(session: "Session", name: str, index: tuple[int, ...], example: int | None) -> float | None:
    """What the session says that this gradient is; None where the present update has not come to it."""
    if example is not None:
        session.focus.follow(example)
        return float(session.focus.gradients.views[name][index])
    return float(session.gradients_arena.views[name][index]) if name in computed(session) else None


def gradient_at(session: "Session", axis: Axis, example: int | None) -> float | None:
    """What the session says of any axis; None where the present update has not come to it."""
    if axis.node.role == "parameter":
        return gradient_of(session, axis.node.name, axis.index, example) if axis.node.name in computed(session) else None
    followed = session.focus.follow(example)
    cotangent = followed.program.cotangent(axis.node.id)
    return None if cotangent is None else float(cotangent[(followed.row, *axis.index[1:])])


def computed(session: "Session") -> set[str]:
    """The parameters whose gradients belong to the update that is shown: all at its end, those already passed in its middle."""
    update, place = session.position
    nodes = session.program.tape.nodes
    at = {nodes[node].name: i.index for i in session.program.instructions for node, what in i.computes if what == "gradient"}
    return {name for name, index in at.items() if (update > 0 if place == 0 else index < place)}


def verdict(session: "Session", axis: Axis, gradient: float | None) -> dict[str, Any]:
    """The slope along an axis beside the gradient that should be it, with the verdict in words; an estimate is told how far off it is, and not judged."""
    guessed = axis.node.role == "parameter" and estimated(session)
    if gradient is None or guessed:
        measured, agrees, relative, digits = measure(axis), None, None, 0
        slope = measured.difference.slope
        relative = abs(gradient - slope) / abs(slope) if gradient is not None and slope else None
    else:
        measured, agrees = judge(axis, gradient)
        gap = abs(gradient - measured.difference.slope)
        size = max(abs(gradient), abs(measured.difference.slope))
        relative = gap / size if size else 0.0
        digits = 0 if not agrees or measured.sides else digits_of(relative)
    whole = axis.whole(measured.difference.h) if axis.trials.stops else None
    says = guess(measured, gradient, relative) if guessed and gradient is not None else words(session, gradient, measured, agrees, digits)
    return {
        "gradient": gradient,
        "difference": measured.difference.slope,
        "error": measured.difference.error,
        "h": measured.difference.h,
        "relative_error": relative,
        "digits": digits,
        "agrees": agrees,
        "corner": corner(session, measured),
        "whole": whole,
        "sentence": says if whole is None else f"{says} {meant(session, whole, measured)}",
    }


def meant(session: "Session", whole: float, measured: Measured) -> str:
    """Why a gradient that is stopped on purpose is another than the slope by every way, as a sentence."""
    slope, error = measured.difference.slope, measured.difference.error
    if abs(whole - slope) <= max(10 * error, SAME * abs(slope)):
        return "Nothing that is stopped on purpose leads here."
    return f"By every way the slope is {figure(whole)}; the gradient is meant to leave some out: {'; '.join(stopped(session))}."


def stopped(session: "Session") -> list[str]:
    """Where gradients are stopped on purpose, in words."""
    return [words for layer in session.network.layers if (words := layer.stops())]


def guess(measured: Measured, gradient: float, relative: float | None) -> str:
    """How far off an estimate is, as a sentence."""
    off = f"is off by {percent(relative)}" if relative is not None else "is to be compared with that"
    return f"{figure(measured.difference.slope, 9)} by two forward passes (central difference). The estimate, {figure(gradient)}, {off}."


def words(session: "Session", gradient: float | None, measured: Measured, agrees: bool | None, digits: int) -> str:
    """The verdict as a sentence."""
    shown = f"{figure(measured.difference.slope, 9)} by two forward passes (central difference)."
    if gradient is None:
        return f"{shown} Backpropagation has not come to it yet in this update."
    if measured.sides:
        sides = f"The loss has a corner here: {figure(measured.sides.left.slope, 9)} to the left and {figure(measured.sides.right.slope, 9)} to the right"
        if agrees is None:
            return f"{sides}. Several kinks meet, so this cannot be decided."
        if not agrees:
            return f"{sides}, by two forward passes each. {figure(gradient, 9)} lies outside."
        return f"{sides}, by two forward passes each. Backpropagation takes {figure(gradient, 9)}{convention(session, measured.kinks)}."
    if not agrees:
        return f"{shown} This does not agree with {figure(gradient, 9)}."
    if digits >= 3:
        return f"{shown} Agrees to {digits} digits."
    return f"{shown} Agrees within the measurement's own error, {figure(measured.difference.error, 1)}."


def convention(session: "Session", kinks: tuple["Kink", ...]) -> str:
    """What backpropagation does where an op has two slopes, as the end of a sentence; empty where nothing bends exactly here."""
    exact = [kink for kink in kinks if kink.exactly]
    if not exact:
        return ""
    kink = exact[0]
    many = f", and {len(exact) - 1} more" if len(exact) > 1 else ""
    slopes = f"the slope {kink.taken:g} (it has {kink.below:g} below and {kink.above:g} above)"
    return f": exactly at its kink, {label(session, kink.node.layer)} is given {slopes}{many}"


def corner(session: "Session", measured: Measured) -> dict[str, Any] | None:
    """The two slopes at a corner and what bends there, or None where the loss is smooth."""
    if measured.sides is None:
        return None
    sides = {name: {"slope": side.slope, "error": side.error} for name, side in (("left", measured.sides.left), ("right", measured.sides.right))}
    return {**sides, "kinks": [kink_json(session, kink) for kink in measured.kinks]}


def kink_json(session: "Session", kink: "Kink") -> dict[str, Any]:
    """One kink: whose it is, the op's slopes below and above, and the one that is taken."""
    return {
        "label": label(session, kink.node.layer),
        "node": kink.node.id,
        "place": list(kink.place),
        "below": kink.below,
        "above": kink.above,
        "taken": kink.taken,
        "exactly": kink.exactly,
    }


def digits_of(relative: float) -> int:
    """How many digits agree at a relative error."""
    return max(0, min(15, floor(-log10(relative)))) if relative else 15

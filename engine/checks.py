"""Any gradient of a session, measured again by forward passes that share no code with the backward pass."""

from collections.abc import Callable
from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.errors import OutOfReach
from engine.formula.calls import Array
from engine.numeric import Difference, central_difference
from engine.program import Program
from engine.settings import locate
from engine.streams import stream

if TYPE_CHECKING:
    from engine.session import Session

SAMPLE = 200
"""Gradients measured for the whole-network check; above it, a seeded sample of so many."""
SAMPLE_WORK = 20_000_000
"""Parameters × batch × measured gradients above which the sample shrinks."""
MARGIN = 10.0
"""How many times its estimated error a difference may be off."""


def check(session: "Session", name: str, example: int | None) -> dict[str, Any]:
    """One gradient against its central difference: on one example's loss, or on the batch's objective where `example` is None."""
    base, index = locate(session.parameters_arena, name)
    if not index:
        raise OutOfReach(f"name one number to check, such as {name}[{','.join('0' * base.ndim)}]")
    if session.position == (0, 0):
        raise OutOfReach("there is no gradient yet; run the backward pass of an update first")
    measured = _Measurement(session, example)
    gradient = float(measured.gradients.views[name.split("[")[0]][index])
    difference = measured.difference(name.split("[")[0], index)
    return _verdict(gradient, difference)


def check_all(session: "Session") -> dict[str, Any]:
    """Every gradient of the shown batch, or a seeded sample of them."""
    total = session.parameter_count
    if session.position == (0, 0):
        return {"checked": 0, "of": total, "agree": 0, "ok": None, "worst": None, "sentence": "No gradient to check yet"}
    measured = _Measurement(session, None)
    batch = len(session.batch_examples())
    count = min(total, SAMPLE, max(4, SAMPLE_WORK // (total * batch)))
    places = np.arange(total) if count == total else np.sort(stream(session.spec.seed, "check", session.position.update).choice(total, count, replace=False))
    agree, worst = 0, None
    for place in places:
        name, index = _name_of(session.parameters_arena, int(place))
        verdict = _verdict(float(measured.gradients.flat[place]), measured.difference(name, index))
        agree += verdict["agrees"]
        if worst is None or (verdict["agrees"], -(verdict["relative_error"] or 0)) < (worst[0], -worst[1]):
            worst = (verdict["agrees"], verdict["relative_error"] or 0.0, f"{name}[{','.join(map(str, index))}]")
    sample = f"{count:,} of {total:,} gradients checked"
    ok = agree == count
    return {
        "checked": count,
        "of": total,
        "agree": agree,
        "ok": ok,
        "worst": {"name": worst[2], "relative_error": worst[1]} if worst else None,
        "sentence": sample if ok else f"{count - agree:,} of {count:,} checked gradients are wrong; the worst is {worst[2] if worst else ''}",
    }


class _Measurement:
    """A forward program at a copy of the update's first parameters, and the gradients that backpropagation gave there."""

    def __init__(self, session: "Session", example: int | None) -> None:
        network, settings = session.network, session.computed_with
        rows = session.batch_examples() if example is None else [example]
        self.parameters = Arena(network.shapes, network.dtype)
        self.gradients: Arena[str] = Arena(network.shapes, network.dtype)
        penalties = (settings.l1, settings.l2) if example is None else (0.0, 0.0)
        tape = network.record(len(rows), *penalties)
        self.program = Program(tape, self.parameters, self.gradients)
        np.copyto(self.parameters.flat, session.shown_parameters())
        inputs, targets = session.data.rows_of(rows)
        self.program.batch.views[0][...] = inputs
        self.program.batch.views[1][...] = targets
        self.program.draw(session.shown_update)
        with np.errstate(all="ignore"):
            self.program.run()
        self._end = self.program.ends["loss"]
        if example is None and session.position.instruction == 0:
            np.copyto(self.gradients.flat, session.gradients_arena.flat)

    def difference(self, name: str, index: tuple[int, ...]) -> Difference:
        """The measured slope of the objective along one parameter."""
        view = self.parameters.views[name]
        start = view[index].copy()
        eps = float(np.finfo(self.parameters.flat.dtype).eps)
        try:
            return central_difference(self._loss_along(view, index), float(start), eps)
        finally:
            view[index] = start

    def _loss_along(self, view: Array, index: tuple[int, ...]) -> Callable[[float], float]:
        root = self.program.value(self.program.root)

        def loss(value: float) -> float:
            view[index] = value
            with np.errstate(all="ignore"):
                self.program.run(0, self._end)
            return float(root)

        return loss


def _name_of(arena: Arena[str], place: int) -> tuple[str, tuple[int, ...]]:
    for name, (start, stop) in arena.spans.items():
        if place < stop:
            return name, tuple(int(i) for i in np.unravel_index(place - start, arena.views[name].shape))
    raise AssertionError(place)


def _verdict(gradient: float, difference: Difference) -> dict[str, Any]:
    gap = abs(gradient - difference.slope)
    size = max(abs(gradient), abs(difference.slope))
    relative = gap / size if size else 0.0
    agrees = bool(gap <= MARGIN * difference.error + 1e-12 * size)
    digits = 0 if not agrees else min(15, floor(-log10(relative))) if relative else 15
    shown = f"{difference.slope:.9g}".replace("-", "−")
    if agrees and digits >= 3:
        words = f"{shown} by two forward passes (central difference). Agrees to {digits} digits."
    elif agrees:
        words = f"{shown} by two forward passes (central difference). Agrees within the measurement's own error, {difference.error:.1g}."
    else:
        words = f"{shown} by two forward passes (central difference). This does not agree with {gradient:.9g}.".replace("-", "−")
    return {
        "gradient": gradient,
        "difference": difference.slope,
        "error": difference.error,
        "h": difference.h,
        "relative_error": relative,
        "digits": digits,
        "agrees": agrees,
        "sentence": words,
    }

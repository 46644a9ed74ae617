"""Marking a prediction: right, right within a tolerance, right given an earlier slip, or the mistake that gives this very answer.

The mistakes are those of `engine/bugs`: each says what it makes of one number.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.bugs import Bug
from engine.component import kinds
from engine.errors import OutOfReach, SpecError
from engine.op import Index
from engine.plain import plain
from engine.question import Question, question
from engine.rung import Asked, Element
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session

TOLERANCE = 0.01
"""How far an answer may be off, as a share of the number, and still be right."""
SAME = 0.0005
"""How far it may be off and be called the number itself: what four digits show."""
LONGEST = 40
"""Characters of an answer."""
SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1}
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?")
POWER = re.compile(r"\s*[·×*]\s*10\s*\^?\s*([+-]?\d{1,3})$")
UPRIGHT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−–,", "-0123456789--.")


@dataclass(frozen=True)
class Answer:
    """What a learner says: a number, or only its sign."""

    value: float
    sign_only: bool = False

    def hits(self, number: float, tolerance: float = TOLERANCE) -> bool:
        """Whether a number is the one that is meant."""
        if self.sign_only:
            return self.value * number > 0
        return abs(self.value - number) <= tolerance * abs(number)


def read(text: str) -> Answer:
    """An answer as it was typed: −0.31, 3.1e-2, 3.1 · 10⁻², 1/16, + or −; raises SpecError for anything else."""
    stripped = text.strip()
    if stripped in SIGNS:
        return Answer(SIGNS[stripped], sign_only=True)
    plainly = POWER.sub(lambda power: f"e{power[1]}", stripped.translate(UPRIGHT).lower())
    parts = [part.strip() for part in plainly.split("/")]
    if len(stripped) <= LONGEST and len(parts) <= 2 and all(NUMBER.fullmatch(part) for part in parts):
        above, below = float(parts[0]), float(parts[1]) if len(parts) == 2 else 1.0
        if below and isfinite(above / below):
            return Answer(above / below)
    came = stripped[:LONGEST] or "nothing"
    raise SpecError("answer", f"a number is expected here, such as −0.31, 3.1e-2 or 1/16, or its sign alone, + or −; and {came} came")


def grade(session: "Session", target: str, pinned: str | None, example: int | None, answer: str, earlier: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Mark an answer to the question of the next operation; raises OutOfReach where that asks for another number than `target`.

    `earlier` are the learner's own answers in this update, each with its target: where the answer follows from one of them, the slip is carried forward.
    """
    asked = question(session, pinned, example)
    if isinstance(asked, str):
        raise OutOfReach(asked)
    if asked.target != target:
        raise OutOfReach(f"the next operation gives {asked.target} here, and an answer for {target[:60]} came; ask for the question again")
    return _marked(asked, read(answer), _slips(asked, earlier))


def _marked(asked: Question, answer: Answer, slips: list[dict[Element, float]]) -> dict[str, Any]:
    truth, it = asked.asked.truth, f"it is {figure(asked.asked.truth)}"
    if not isfinite(truth):
        return _mark("unmarked", truth, "This number is not finite, so no answer is right or wrong.")
    if truth == 0:
        right = answer.value == 0 and not answer.sign_only
        return _mark("right", truth, "Right: exactly 0.") if right else _mark("wrong", truth, "It is exactly 0, and has no sign.")
    if answer.hits(truth, SAME):
        return _mark("right", truth, f"The sign is right: {it}." if answer.sign_only else f"Right: {figure(truth)}.")
    if answer.hits(truth):
        return _mark("right", truth, f"Right within {TOLERANCE:.0%}: {it}.".replace("%", " %"))
    for slip in slips:
        given = asked.asked.given(slip)
        if answer.hits(given.truth):
            return _mark("carried", truth, f"Right, given your earlier answer; by the program's own numbers {it}.")
    proper = _proper(asked.asked)
    if proper is not None and answer.hits(proper):
        return _mark("right", truth, f"Right by the chain rule; but this program has a bug, and by it {it}.")
    for given in (asked.asked, *(asked.asked.given(slip) for slip in slips)):
        found = _mistake(given, answer)
        if found and answer.sign_only:
            return _mark("wrong", truth, f"The other sign: {it}.", found)
        if found:
            carried = "" if given is asked.asked else "Beside your earlier answer: "
            return _mark("wrong", truth, f"{carried}{found.slip} {it[0].upper()}{it[1:]}.", found)
    return _mark("wrong", truth, f"No: {it}.")


def _proper(asked: Asked) -> float | None:
    """The number by the right rules, where the program has others."""
    if not asked.rungs or all(rung.rule is None or rung.node.op is None or rung.rule is rung.node.op.pulls[rung.wrt or ""] for rung in asked.rungs):
        return None
    return sum(rung.value(rung.node.op.pulls[rung.wrt]) for rung in asked.rungs if rung.node.op and rung.wrt)


def _mistake(asked: Asked, answer: Answer) -> type[Bug] | None:
    """The bug that gives this answer; of a sign alone, only that it is the other one can be said."""
    for bug in kinds(Bug):
        made = bug.model_validate({})
        if not isinstance(made, Bug) or (answer.sign_only and made.kind != "wrong_sign"):
            continue
        if any(isfinite(number) and answer.hits(number) for number in made.slips(asked)):
            return type(made)
    return None


def _slips(asked: Question, earlier: Sequence[Mapping[str, str]]) -> list[dict[Element, float]]:
    """The learner's own numbers for what is read here: all of them together, then each by itself."""
    found: dict[Element, float] = {}
    for each in earlier:
        element = _element(each["target"])
        true = _true(asked.asked, element) if element else None
        if element is None or true is None:
            continue
        said = read(each["answer"])
        found[element] = said.value if not said.sign_only else true if said.hits(true) else -true
    return [found, *({element: value} for element, value in found.items() if len(found) > 1)] if found else []


def _element(target: str) -> Element | None:
    match = re.fullmatch(r"(value|cotangent):(\d{1,6})(?:\[(\d{1,6}(?:,\d{1,6})*)\])?", target)
    if not match:
        return None
    index: Index = tuple(map(int, match[3].split(","))) if match[3] else ()
    return match[1], int(match[2]), index


def _true(asked: Asked, element: Element) -> float | None:
    """The program's own number for an element, where the number asked for reads it."""
    kind, node, index = element
    for rung in asked.rungs:
        for name, source in rung.sources.items():
            if source == (kind, node):
                array, place = rung.known[name], (0, *index) if rung.alone else index
                if len(place) == array.ndim and all(i < n for i, n in zip(place, array.shape, strict=True)):
                    return float(array[place])
    return None


def _mark(mark: str, truth: float, sentence: str, bug: type[Bug] | None = None) -> dict[str, Any]:
    mistake = {"kind": bug.model_fields["kind"].default, "title": bug.title} if bug else None
    return {"mark": mark, "truth": plain(truth), "tolerance": TOLERANCE, "mistake": mistake, "sentence": sentence}

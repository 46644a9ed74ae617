"""A class by name: who is in it, and the word of one's own by which each comes in. One learner a line, `name,word`."""

import csv
import os
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SHORTEST, LONGEST = 8, 128
"""Characters of a word: no fewer, because words are tried."""
NAME = 80
"""Characters of a name at the most."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What words are drawn from: nothing in it is taken for anything else in it."""
PARTS, LENGTH = 3, 4
"""A drawn word has so many parts of so many letters: 59 bits."""


@dataclass(frozen=True)
class Learner:
    """A name as it is written, and its word; a line of names that are still to get a word has none."""

    name: str
    word: str = field(default="", repr=False)


def proper(word: str) -> bool:
    """Whether something can be a word that lets people in."""
    return SHORTEST <= len(word) <= LONGEST and word.isprintable()


def same(text: str) -> str:
    """A name or a word as it is compared: without spaces around it, and in one spelling of its accents."""
    return unicodedata.normalize("NFC", text.strip())


def known(name: str) -> str:
    """A name as it is told from others: capitals and the spaces between its parts do not matter."""
    return " ".join(same(name).casefold().split())


def read(file: Path) -> tuple[Learner, ...]:
    """The class in a file; raises ValueError in words, which name lines and repeat nothing that stands there."""
    found = _lines(file)
    for number, learner in found:
        if not proper(learner.word):
            reason = f"the word there has not {SHORTEST} to {LONGEST} letters, digits or signs" if learner.word else "no word stands there"
            raise ValueError(f"Line {number} of {file.name} is to be name,word, and {reason}.")
    if not found:
        raise ValueError(f"Nobody is named in {file.name}.")
    return tuple(learner for _, learner in found)


def draw(names: Path, file: Path) -> str:
    """Write a roster of these names to a new file that only its owner reads, each with a word where it has none yet; what was done, in words."""
    learners = [learner for _, learner in _lines(names)]
    full = [learner if learner.word else Learner(learner.name, _drawn()) for learner in learners]
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="") as target:
            csv.writer(target, lineterminator="\n").writerows((learner.name, learner.word) for learner in full)
    except OSError as error:
        raise ValueError(f"{file.name} cannot be written: {error.strerror}.") from error
    return f"{file.name} has {len(full)} learners, {sum(not learner.word for learner in learners)} of them with a new word."


def _drawn() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(PARTS))


def _lines(file: Path) -> list[tuple[int, Learner]]:
    """The learners with their lines, counted from 1; empty lines and comments are passed over, and no name and no word is there twice."""
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise ValueError(f"{file.name} cannot be read: {getattr(error, 'strerror', None) or 'it is not text in UTF-8'}.") from error
    found = [(number, _learner(file, number, line)) for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    for what, told in SINGLE.items():
        first: dict[str, int] = {}
        for number, learner in found:
            if (key := told(learner)) and (before := first.setdefault(key, number)) != number:
                raise ValueError(f"Lines {before} and {number} of {file.name} have the same {what}.")
    return found


def _learner(file: Path, number: int, line: str) -> Learner:
    try:
        fields = [same(part) for part in next(csv.reader([line], strict=True, skipinitialspace=True))]
    except csv.Error:
        fields = []
    if not 1 <= len(fields) <= 2 or not 1 <= len(fields[0]) <= NAME or not fields[0].isprintable():
        raise ValueError(f"Line {number} of {file.name} is to be name,word with a name of 1 to {NAME} characters; one with a comma in it stands in quotes.")
    return Learner(*fields)


SINGLE: dict[str, Callable[[Learner], str]] = {"word": lambda learner: learner.word, "name": lambda learner: known(learner.name)}
"""What no two lines may share."""

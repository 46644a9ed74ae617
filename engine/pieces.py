"""Work that can be laid down: done in pieces, between which others may compute, with the answer at the end."""

from collections.abc import Generator
from typing import TypeVar

Answer = TypeVar("Answer")
Pieces = Generator[None, None, Answer]


def ended(pieces: Pieces[Answer]) -> Answer:
    """What comes at the end of the pieces."""
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            answer: Answer = end.value
            return answer

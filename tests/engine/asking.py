"""Asking a session what its next operation computes, and answering."""

from typing import Any

from engine.question import Question, question
from engine.session import Session
from tests.engine.networks import step


def asked(session: Session, pinned: str | None = None, example: int | None = None) -> Question:
    """The question, where there is one."""
    found = question(session, pinned, example)
    assert isinstance(found, Question), found
    return found


def at(session: Session, target: str, pinned: str | None = None) -> Question:
    """Go to where this number is asked for."""
    for _ in range(2 * session.instruction_count):
        found = question(session, pinned, 1)
        if isinstance(found, Question) and found.target.startswith(target):
            return found
        step(session)
    raise AssertionError(target)


def mark(session: Session, answer: float | str, pinned: str | None = None, earlier: Any = ()) -> dict[str, Any]:
    """An answer to the present question, marked."""
    target = asked(session, pinned, 1).target
    return session.grade(target, answer if isinstance(answer, str) else repr(float(answer)), earlier, pinned=pinned, example=1)

"""What is said while a program makes a mistake on purpose: never silently."""

from typing import TYPE_CHECKING, Any

from engine.errors import SpecError

if TYPE_CHECKING:
    from engine.bugs import Bug
    from engine.session import Session
    from engine.settings import Settings


def refuse_idle(session: "Session", settings: "Settings") -> None:
    """Raise SpecError for a bug that would change nothing in this network, or that has no backward pass to be made in."""
    bug, gradient = settings.bug, settings.gradient
    if len(session.network.turns) > 1 and (bug or gradient.kind != "backpropagation"):
        name = "bug" if bug else "gradient"
        raise SpecError(name, f"two players learn from each other here, and neither mistakes nor estimates are made in a game; leave the {name} as it was")
    if bug and gradient.kind != "backpropagation":
        source = gradient.kind.replace("_", " ")
        raise SpecError("bug", f"{bug.title}: a mistake of backpropagation needs it, and the gradient comes from {source}; choose one of the two")
    if bug and (why := session.unfit(bug)):
        raise SpecError("bug", f"{bug.title}: {why}")


def bug_of(session: "Session") -> "Bug | None":
    """The bug that is switched on or, until the next update begins, the one that the shown numbers were computed with."""
    started = session.position > (0, 0)
    return session.settings.bug or (session.computed_with.bug if started else None)


def warning(session: "Session") -> dict[str, Any] | None:
    """The bug in words: whether it is `on`, whether it is `shown` in the present numbers, and a sentence; None where there is none."""
    bug = bug_of(session)
    if bug is None:
        return None
    on, shown = session.settings.bug is not None, session.position > (0, 0) and session.computed_with.bug == bug
    if on and shown:
        sentence = f"A bug is switched on: {bug.title}. What is drawn, explained and trained here is wrong on purpose."
    elif on:
        sentence = f"A bug is switched on: {bug.title}. It acts from the next update on."
    else:
        sentence = f"The bug is switched off: {bug.title}. The numbers shown are still those of an update that had it; the next update is right."
    words = " ".join((type(bug).__doc__ or "").split())
    return {"kind": bug.kind, "title": bug.title, "description": words, "does": bug.does, "on": on, "shown": shown, "sentence": sentence}

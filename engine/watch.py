"""Breakpoints at work: asked after updates, as a tap of the run, they stop it where one of them begins to hold."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine.breakpoints import Breakpoint, Finding, Findings
from engine.errors import SpecError

if TYPE_CHECKING:
    from engine.session import Session


class Watch:
    """The breakpoints of one run. What already holds when it begins is no reason to stop."""

    def __init__(self, session: "Session", breakpoints: Sequence[Breakpoint]) -> None:
        """Raises SpecError naming the field of a breakpoint that cannot be asked here."""
        for number, each in enumerate(breakpoints):
            try:
                each.check(session)
            except SpecError as error:
                raise SpecError(f"breakpoints.{number}.{error.field}", str(error)) from None
        self.session = session
        self.breakpoints = breakpoints
        self.every = [each.every(session) for each in breakpoints]
        self.hit: Finding | None = None
        self.number = 0
        self._looks: list[Callable[[], Findings]] = [each.watch(session) for each in breakpoints]
        begun = session.position > (0, 0)
        self._known = [set(look()) if begun else set() for look in self._looks]

    def tap(self) -> bool:
        """Ask what is due after this update; True stops the run."""
        if self.session.damaged:
            return False
        update = self.session.position.update
        for number, look in enumerate(self._looks):
            if update % self.every[number] == 0:
                found = look()
                new = found.keys() - self._known[number]
                self._known[number] = set(found)
                if new and not self.hit:
                    self.number, self.hit = number, next(found[key] for key in found if key in new)
        return self.hit is not None

    def json(self) -> dict[str, Any] | None:
        """What stopped the run: which breakpoint, the sentence, and where to look."""
        if not self.hit:
            return None
        found = {"sentence": self.hit.sentence, "target": self.hit.target, "example": self.hit.example}
        return {"breakpoint": self.number, "kind": self.breakpoints[self.number].kind, **found, "every": self.every[self.number]}

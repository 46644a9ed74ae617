# mypy: disable-error-code="misc"
"""What can be changed by hand while a session runs. Each change is logged with its position, and one in the past begins a branch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.effort import refuse_slow
from engine.formula.calls import Array
from engine.log import Command
from engine.position import Position
from engine.settings import Settings, changed, checked
from engine.warning import refuse_idle

if TYPE_CHECKING:
    from engine.session import Session


class Control:
    """The half of a session that takes orders; `Session` has what carries them out."""

    def edit(self: "Session", changes: Mapping[str, Any]) -> None:
        """Set parameters by hand: whole ones by name, or single numbers as `0.W[1,2]`. Nothing changes where one of them is refused.

        In the middle of an update, what was computed up to there is computed again, so that its gradients belong to one network.
        """
        self._command(self.settings, checked(self.parameters_arena, changes))

    def configure(self: "Session", changes: Mapping[str, Any]) -> None:
        """Change settings: `optimizer`, `learning_rate`, `clip`, `l1`, `l2`, `gradient`, `bug`.

        What changes the instructions waits for the update to end, or is done at its beginning where its numbers would not stay finite.
        """
        settings = changed(self.settings, changes)
        self._accept(settings)
        if self.position.instruction and settings.structure() != self.settings.structure():
            if not self.fault:
                self.run(Position(self.position.update + 1, 0))
            if self.position.instruction:
                self.seek(Position(self.position.update, 0))
        self._command(settings, {})

    def branch(self: "Session", name: str | None = None, settings: Mapping[str, Any] | None = None, parameters: Mapping[str, Any] | None = None) -> None:
        """Begin a branch here, with changes; where one of them is refused, there is no branch."""
        self._accept(changed(self.settings, settings or {}))
        checked(self.parameters_arena, parameters or {})
        self.fork()
        if name:
            self.branches.rename(self.timeline.number, name)
        if parameters:
            self.edit(parameters)
        if settings:
            self.configure(settings)

    def _accept(self: "Session", settings: Settings) -> None:
        """Raise SpecError for settings that mean nothing in this network, TooLarge for those with which it would take too long over one step."""
        refuse_idle(self, settings)
        if settings is self.settings or settings.gradient != self.settings.gradient:
            refuse_slow(self, settings)

    def _command(self: "Session", settings: Settings, edits: Mapping[str, Array]) -> None:
        """Change something here and now; what had followed is kept as a branch."""
        self.history.settle()
        left = self.timeline
        if self.position < left.end:
            self.fork()
            kept = f"This goes on as {self.timeline.name}; what had followed is kept as {left.name}, up to {left.end}."
            self.branches.news = " ".join(filter(None, [kept, self.branches.news]))
        self.timeline.fault = None
        command = Command(self.position, self.settings, settings, edits)
        given_up = self.timeline.log.add(command)
        self._apply(command)
        self._snapshot(again=True)
        self.branches.version += 1
        if given_up:
            self.snapshots.forget_before(given_up)

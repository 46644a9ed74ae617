# mypy: disable-error-code="misc"
"""Going anywhere in time: back by the nearest snapshot and a replay, on by running, and into another branch."""

from typing import TYPE_CHECKING

from engine.boundaries import Unit, boundary
from engine.errors import OutOfReach
from engine.position import Position

if TYPE_CHECKING:
    from engine.session import Session


class Travel:
    """The travelling half of a session; `Session` has what runs it."""

    def seek(self: "Session", position: Position) -> None:
        """Go to any position within reach, earlier or later; the numbers there are those of the first time, bit for bit."""
        self.approach(position)
        if self.position < position:
            self.run(position)

    def approach(self: "Session", position: Position) -> None:
        """Go where the position is reached soonest by running on: to a snapshot, or stay; raises OutOfReach where the position cannot be gone to."""
        self.reachable(position)
        start = self.snapshots.before(position)
        if start and (position < self.position or start.position > self.position):
            if self.position == self.timeline.end:
                self._snapshot()
            self._restore(start)

    def reachable(self: "Session", position: Position) -> Position:
        """The position itself; raises OutOfReach where there is none such or it is too early."""
        count = len(self.layout(position.update)) if position.update >= 0 else 1
        if not 0 <= position.instruction < count or position.update < 0:
            raise OutOfReach(f"an update has ops 0 to {count - 1}, and op {position.instruction} of update {position.update} was asked for")
        if position < self.snapshots.earliest:
            raise OutOfReach(f"one can go back to {self.snapshots.earliest} here, and {position} was asked for")
        return position

    def layout(self: "Session", update: int) -> list[tuple[str, int | None]]:
        """Phase and layer of each instruction of an update, by the settings that were in force when it began."""
        return self.layouts[self.timeline.settings_at(Position(update, 0)).structure()]

    def target(self: "Session", unit: Unit, count: int) -> Position:
        """The position `count` boundaries of `unit` away; a negative count looks back."""
        return boundary(self, unit, count)

    def target_forward(self: "Session") -> Position:
        """Where the forward pass and the loss of the present batch are done; the present position where they already are."""
        return self._at_least(self.program.ends["loss"])

    def target_backward(self: "Session") -> Position:
        """Where the backward pass of the present batch is done; the present position where it already is."""
        return self._at_least(self.program.ends["backward"])

    def fork(self: "Session") -> None:
        """Begin a branch here; the one until now keeps what had followed."""
        left = self.timeline
        self.branches.fork(self.position)
        left.here = left.end

    def _at_least(self: "Session", instruction: int) -> Position:
        return max(self.position, Position(self.position.update, instruction)) if self.position.instruction else Position(self.position.update, instruction)

# mypy: disable-error-code="misc"
"""Going anywhere in time: back by the nearest snapshot and a replay, on by running, and into another branch."""

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from engine.boundaries import Unit, boundary
from engine.branches import FEWEST, Branches
from engine.errors import Diverged, OutOfReach
from engine.position import Position
from engine.twin import twin

if TYPE_CHECKING:
    from engine.divergence import Fault
    from engine.session import Session

DAMAGED = "Numbers are not finite here, so training cannot go on; go back, then choose a smaller learning rate or clip the gradient"


class Travel:
    """The travelling half of a session; `Session` has what runs it."""

    @property
    def fault(self: "Session") -> "Fault | None":
        """The operation that gives the first number that is not finite, where it is the next one, or has been run by hand in this update."""
        found = self.timeline.fault
        return found if found and self.position >= found.position else None

    @property
    def diverged(self: "Session") -> bool:
        """Whether training cannot go on from here, because a number is not finite or the next operation would make it so."""
        return self.damaged or self.fault is not None

    @property
    def owes(self: "Session") -> bool:
        """Whether the record of the update that has just ended is not yet whole; it is ended before anything else is done."""
        return self.history.begun is not None

    def settle(self: "Session", budget: float) -> bool:
        """Make the rest of that record, for `budget` seconds; whether nothing is left of it."""
        return self.history.settle(perf_counter() + budget)

    def hold(self: "Session", pieces: Iterator[None]) -> None:
        """Have this done before the session goes on or is changed, with that record and like it."""
        self.history.then(pieces)

    def follow(self: "Session", example: int | None, budget: float) -> bool:
        """Follow an example, for `budget` seconds of what that takes where it takes long; whether its numbers are there, or soon had."""
        if self.settle(budget) and self.focus.long(example):
            self.history.then(self.focus.following(example))
        return not self.owes

    def safe(self: "Session", until: Position) -> Position:
        """How far towards a position one can run; raises Diverged where numbers would be damaged, or are."""
        fault = self.timeline.fault
        if fault and self.position < fault.position:
            return min(until, fault.position)
        if self.position < until and self.diverged and (self.damaged or until > Position(self.position.update + 1, 0)):
            raise Diverged(f"{fault.sentence} {fault.advice}" if fault else DAMAGED)
        return until

    def seek(self: "Session", position: Position, budget: float | None = None) -> bool:
        """Go to any position within reach, earlier or later; the numbers there are those of the first time, bit for bit. True when it is reached."""
        if budget is not None and not self.settle(budget):
            return False
        self.approach(position)
        return self._go(position, budget, (self.history.tap,)) if position <= self.timeline.end else self.run(position, budget)

    def approach(self: "Session", position: Position) -> None:
        """Go where the position is reached soonest by running on: to a snapshot, or stay; raises OutOfReach where the position cannot be gone to."""
        self.reachable(position)
        self.history.settle()
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

    def known(self: "Session", position: Position) -> Position:
        """The position itself; raises OutOfReach where the run has not been there."""
        if self.reachable(position) > self.timeline.end:
            raise OutOfReach(f"this branch has only come to {self.timeline.end}, and {position} was asked for")
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

    def redo(self: "Session") -> None:
        """Compute the present update up to here once more, from the parameters as they now are; where it is already being applied or added up, nothing."""
        piles = self.settings.bug is not None and self.settings.bug.accumulates
        last = next(i.index for i in self.program.instructions if i.phase == "update" or (piles and i.computes[0][1] == "gradient"))
        if 0 < self.position.instruction <= last:
            np.copyto(self.update_start, self.parameters_arena.flat)
            with np.errstate(all="ignore"):
                self.program.run(0, self.position.instruction)

    def fork(self: "Session") -> None:
        """Begin a branch here; the one until now keeps what had followed."""
        self.history.settle()
        self._snapshot()
        left = self.timeline
        self.branches.fork(self.position)
        left.here = left.end

    def switch(self: "Session", number: int) -> Position:
        """Go over to another branch. The answer is where one had left it, and running on from here leads there."""
        branch = self.branches.get(number)
        if branch is not self.timeline:
            self.history.settle()
            self._snapshot()
            self.timeline.here = self.position
            self.branches.current = branch
            self._enter(branch.here)
        return self.timeline.here if self.position < self.timeline.here else self.position

    def elsewhere(self: "Session", number: int | None, update: int | None = None) -> "tuple[Session, Position]":
        """A session on scratch in another branch, and the end of that branch or its first moment after so many updates, to which the twin still has to run."""
        branch = self.timeline if number is None else self.branches.get(number)
        goal = branch.end if update is None else Position(update, 0)
        if not branch.snapshots.earliest <= goal <= branch.end:
            raise OutOfReach(f"{branch.name} can be read from {branch.snapshots.earliest} to {branch.end}, and update {goal.update} was asked for")
        made = self._twin = self._twin or twin(self)
        known = (branch.number, *branch.log.commands)
        there, made._known = known == made._known, known
        made.layouts = self.layouts
        made.branches = Branches(branch.fork(branch.number, branch.end), FEWEST, self.branches.room)
        if there:
            made.approach(goal)
        else:
            made._enter(goal)
        return made, goal

    def _enter(self: "Session", position: Position) -> None:
        start = self.snapshots.before(position)
        assert start is not None
        self._restore(start)

    def _at_least(self: "Session", instruction: int) -> Position:
        return max(self.position, Position(self.position.update, instruction)) if self.position.instruction else Position(self.position.update, instruction)

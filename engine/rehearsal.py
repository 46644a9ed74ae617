"""The shown update told again from its beginning to its end, beside the session: at its first parameters, memory and batch, with the settings that hold for it.

The shown update is the one that the position stands in; between two updates it is the one just finished, and before the first the first.
"""

from typing import TYPE_CHECKING

import numpy as np

from engine.arena import Arena
from engine.formula.calls import Array
from engine.program import Program
from engine.tape import Node
from engine.update import Update

if TYPE_CHECKING:
    from engine.session import Session


class Rehearsal:
    """A program that has run the whole update, in buffers of its own. `begun` has the parameters and the memory that it began from."""

    def __init__(self, session: "Session", *, broken: bool = True) -> None:
        """Run it; nothing of the session changes. With `broken` it makes the mistake that is switched on, where an update by itself can."""
        self.network = network = session.network
        self.symbols = session.symbols
        self.number = session.shown_update
        self.settings = session.computed_with if session.position > (0, 0) else session.settings
        self.rows = session.batch_examples()
        self.begun = Arena(network.shapes, network.dtype)
        np.copyto(self.begun.flat, session.shown_parameters())
        self.parameters = Arena(network.shapes, network.dtype)
        self.gradients = Arena(network.shapes, network.dtype)
        bug = self.settings.bug if broken and self.settings.bug and self.settings.bug.alone else None
        self.update = Update(self.settings.optimizer, self.settings.clip, self.parameters, self.gradients, network.trained(), bug)
        self.remembered = _memory(session, self.update)
        tape = network.record(len(self.rows), self.settings.l1, self.settings.l2)
        self.program = Program(tape, self.parameters, self.gradients, self.update, bug=bug, gradient=self.settings.gradient)
        self.inputs, self.targets = (part.astype(network.dtype) for part in session.data.rows_of(self.rows))
        self.quiet = self._quiet()
        self.differs = self._differs(session)

    @property
    def slots(self) -> dict[str, Array]:
        """The optimiser's memory as the update found it, by name."""
        size = self.update.slots.flat.size
        before = {name: self.update.before[start:stop] for name, (start, stop) in self.update.slots.spans.items()}
        return before | {name: self.update.before[size + start] for name, (start, _) in self.update.counters.spans.items()}

    def given(self) -> dict[str, Array]:
        """What the update began with: its batch as x and y, its noise, the parameters, and the optimiser's memory."""
        return {
            "x": self.inputs,
            "y": self.targets,
            **{noise_name(self.program.tape.nodes[node]): view for node, view in self.program.noise.views.items()},
            **self.begun.views,
            **self.slots,
            **self.update.vectors,
        }

    def _quiet(self) -> bool:
        """Run it, and say whether no number overflows and no result is undefined on the way."""
        try:
            with np.errstate(divide="raise", over="raise", invalid="raise"):
                self._run()
        except FloatingPointError:
            with np.errstate(all="ignore"):
                self._run()
            return False
        return True

    def _run(self) -> None:
        np.copyto(self.parameters.flat, self.begun.flat)
        size = self.update.slots.flat.size
        np.copyto(self.update.slots.flat, self.update.before[:size])
        np.copyto(self.update.counters.flat, self.update.before[size:])
        self.update.begin(self.number)
        self.program.batch.views[0][...] = self.inputs
        self.program.batch.views[1][...] = self.targets
        self.program.draw(self.number)
        self.program.run(0, None if self.remembered else self.program.ends["backward"])

    def _differs(self, session: "Session") -> list[str]:
        """The parameters in which the session's own numbers, as far as they are of this update, are others: edited by hand, or computed by something else."""
        place = session.position.instruction
        if session.position == (0, 0):
            return []
        done = session.program.instructions[:place] if place else session.program.instructions
        computed = {target for instruction in done for target in instruction.computes}
        moved = any(instruction.phase == "update" and any(what == "parameter" for _, what in instruction.computes) for instruction in done)
        now = self.parameters if moved else self.begun
        found = []
        for node in session.program.tape.nodes:
            if node.role != "parameter":
                continue
            lost = moved and not self.remembered
            same = lost or _same(session.parameters_arena.views[node.name], now.views[node.name])
            known = (node.id, "gradient") in computed
            if not same or known and not _same(session.gradients_arena.views[node.name], self.gradients.views[node.name]):
                found.append(node.name)
        return found


def noise_name(node: Node) -> str:
    """What random numbers are called in a file, such as 1.dropout/u."""
    return f"{node.scope}/{node.name}"


def _memory(session: "Session", update: Update) -> bool:
    """Put the memory that the shown update began with into `update.before`; False where a new optimiser has taken its place."""
    if session.settings.optimizer.kind != update.optimizer.kind:
        return not update.before.size
    ahead = session.position == (0, 0) or 0 < session.position.instruction <= session.program.ends["backward"]
    if ahead:
        np.concatenate([session.update.slots.flat, session.update.counters.flat], out=update.before)
    else:
        np.copyto(update.before, session.update.before)
    return True


def _same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=True)

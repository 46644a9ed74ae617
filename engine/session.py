"""A training session: the one object that changes. It runs its program until a position, and never moves in any other way."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np

from engine.arena import Arena
from engine.batches import Batches
from engine.boundaries import Unit, boundary
from engine.errors import Diverged, OutOfReach
from engine.examples import prepare
from engine.history import History
from engine.network import LIMITS, Network
from engine.position import Position
from engine.program import Program
from engine.reading import Reading
from engine.settings import Settings, changed, edited
from engine.snapshots import Snapshot, Snapshots, copies, restore
from engine.spec import SessionSpec
from engine.update import Update

Taps = tuple[Callable[[], object], ...]
Tap = Sequence[Callable[[], object]] | None


class Session(Reading):
    """A spec being trained. All arrays live in arenas that are allocated once; what is read from it is in `Reading`."""

    def __init__(self, spec: SessionSpec, limits: Mapping[str, int] | None = None) -> None:
        """Build the network; raises SpecError or TooLarge with the field and what to do."""
        self.limits = {**LIMITS, **(limits or {})}
        self.data = prepare(spec.data, spec.features, standardize=spec.standardize, seed=spec.seed, limit=self.limits["rows"])
        self.network = Network(spec, self.data.train_inputs.shape[1], self.data.train_targets.shape[1], self.limits)
        self.parameters_arena = self.network.parameters()
        self.gradients_arena = Arena(self.network.shapes, self.network.dtype)
        self.update_start = self.parameters_arena.flat.copy()
        self.batches = Batches(self.data.train_inputs, self.data.train_targets, spec.batch_size, spec.seed, self.network.dtype, shuffle=spec.shuffle)
        self.settings = Settings.of(spec)
        self.computed_with = self.settings
        self.position = Position(0, 0)
        self.diverged = False
        self.revision = 0
        self.programs: dict[int, Program] = {}
        self._spec = spec
        self.history = History(self)
        self._rebuild()
        self.snapshots = Snapshots(sum(array.nbytes for array in self._state()))
        self._snapshot(command=False)
        self.history.record()

    @property
    def spec(self) -> SessionSpec:
        """The description of this session, with the settings now in force."""
        return self.settings.apply(self._spec)

    @property
    def program(self) -> Program:
        """The program of the batch that the position is in: at (u, 0) the one just finished."""
        update = max(self.position.update - (self.position.instruction == 0), 0)
        return self.programs[len(self.batches.examples(update))]

    @property
    def instruction_count(self) -> int:
        """How many instructions one update has."""
        return len(self.program.instructions)

    @property
    def parameter_count(self) -> int:
        return int(self.parameters_arena.flat.size)

    def run(self, until: Position, budget: float | None = None, tap: Tap = None) -> bool:
        """Execute up to `until`, or for `budget` seconds. True when `until` is reached.

        The tap's calls are made after each update; without one given it is the history, and `()` runs without any.

        Running stops by itself after an update whose loss or gradient is not finite; going on from there raises Diverged.
        """
        deadline = perf_counter() + budget if budget is not None else None
        taps = (self.history.tap,) if tap is None else tuple(tap)
        if self.diverged and self.position < until:
            raise Diverged(self.position.update - 1)
        with np.errstate(all="ignore"):
            while self.position < until and not self.diverged:
                command = self.snapshots.command_within(self.position, until)
                self._run_to(command.position if command else until, deadline, taps)
                if command and self.position == command.position:
                    self._restore(command)
                if deadline is not None and perf_counter() >= deadline:
                    break
        return self.position >= until

    def seek(self, position: Position) -> None:
        """Go to any position within reach, earlier or later; the numbers there are those of the first time, bit for bit."""
        self.reachable(position)
        start = self.snapshots.before(position)
        if position < self.position and start:
            self._restore(start)
        if position > self.position:
            self.run(position)

    def reachable(self, position: Position) -> Position:
        """The position itself; raises OutOfReach where there is none such or it is too early."""
        if not 0 <= position.instruction < self.instruction_count or position.update < 0:
            raise OutOfReach(f"an update has ops 0 to {self.instruction_count - 1}, and op {position.instruction} of update {position.update} was asked for")
        if position < self.snapshots.earliest:
            raise OutOfReach(f"one can go back to {self.snapshots.earliest} here, and {position} was asked for")
        return position

    def target(self, unit: Unit, count: int) -> Position:
        """The position `count` boundaries of `unit` away; a negative count looks back."""
        return boundary(self, unit, count)

    def target_forward(self) -> Position:
        """Where the forward pass and the loss of the present batch are done; the present position where they already are."""
        return self._at_least(self.program.ends["loss"])

    def target_backward(self) -> Position:
        """Where the backward pass of the present batch is done; the present position where it already is."""
        return self._at_least(self.program.ends["backward"])

    def edit(self, changes: Mapping[str, Any]) -> None:
        """Set parameters by hand: whole ones by name, or single numbers as `0.W[1,2]`. Nothing changes where one of them is refused."""
        edited(self.parameters_arena, changes)
        self.diverged = False
        self._command()

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change settings: `optimizer`, `learning_rate`, `clip`, `l1`, `l2`. What changes the instructions waits for the update to end."""
        settings = changed(self.settings, changes)
        if self.position.instruction and settings.structure() != self.settings.structure():
            self.seek(Position(self.position.update + 1, 0))
        self._use(settings)
        self._command()

    def _command(self) -> None:
        self.history.forget_after(self.position.update)
        self._snapshot(command=True)

    def _at_least(self, instruction: int) -> Position:
        return max(self.position, Position(self.position.update, instruction)) if self.position.instruction else Position(self.position.update, instruction)

    def _run_to(self, until: Position, deadline: float | None, taps: Taps) -> None:
        update, instruction = self.position
        if instruction or until.update == update:
            self._partial(until.instruction if until.update == update else None, taps)
            return
        stride = self.snapshots.stride
        stop = min(until.update, (update // stride + 1) * stride)
        self._whole(stop, deadline, taps)
        if self.position.update % self.snapshots.stride == 0:
            self._snapshot(command=False)

    def _partial(self, stop: int | None, taps: Taps) -> None:
        """Run instructions of the present update, up to `stop` or to its end."""
        update, instruction = self.position
        if instruction == 0:
            self._snapshot(command=False)
            self._begin(update)
        program = self.programs[len(self.batches.examples(update))]
        program.run(instruction, stop)
        done = len(program.instructions) if stop is None else stop
        if done < len(program.instructions):
            self.position = Position(update, done)
            return
        self.position = Position(update + 1, 0)
        self.diverged = not self._finite(program)
        for call in taps:
            call()

    def _whole(self, stop: int, deadline: float | None, taps: Taps) -> None:
        """Run whole updates: the same calls as stepping, without looking at them one by one."""
        update = self.position.update
        self.computed_with = self.settings
        gradient, start, parameters = self.gradients_arena.flat, self.update_start, self.parameters_arena.flat
        square = gradient.dot
        while update < stop:
            epoch, first = divmod(update, self.batches.per_epoch)
            for block in self.batches.blocks(epoch)[first : first + stop - update]:
                program = self._by_block[block.size]
                program.batch.flat[...] = block
                start[...] = parameters
                if not program.primed:
                    program.prime()
                if self._scheduled:
                    self.update.begin(update)
                for function, arguments in program.calls:
                    function(*arguments)
                update += 1
                if not (isfinite(square(gradient)) and isfinite(program.loss_value.item())):
                    self.diverged = not self._finite(program)
                if taps:
                    self.position = Position(update, 0)
                    for call in taps:
                        call()
                if self.diverged or (deadline is not None and perf_counter() >= deadline):
                    self.position = Position(update, 0)
                    return
        self.position = Position(update, 0)

    def _begin(self, update: int) -> None:
        """Load the batch of an update and note the parameters at its start."""
        epoch, place = divmod(update, self.batches.per_epoch)
        block = self.batches.blocks(epoch)[place]
        np.copyto(self._by_block[block.size].batch.flat, block)
        np.copyto(self.update_start, self.parameters_arena.flat)
        self.computed_with = self.settings
        self.update.begin(update)

    def _finite(self, program: Program) -> bool:
        return isfinite(program.loss_value.item()) and bool(np.isfinite(self.gradients_arena.flat).all())

    def _use(self, settings: Settings) -> None:
        """Put settings into force, with a new program only where the instructions change."""
        rebuild = settings.structure() != self.settings.structure()
        same_memory = settings.optimizer.kind == self.settings.optimizer.kind
        self.settings = settings
        if rebuild:
            memory = self.update if same_memory else None
            self._rebuild()
            if memory:
                np.copyto(self.update.slots.flat, memory.slots.flat)
                np.copyto(self.update.counters.flat, memory.counters.flat)
        else:
            self.update.optimizer = settings.optimizer
            for name, value in settings.optimizer.numbers().items():
                self.update.numbers[name][...] = value
        self._scheduled = not isinstance(settings.optimizer.learning_rate, float | int)
        self.update.begin(self.position.update)

    def _rebuild(self) -> None:
        settings = self.settings
        self.update = Update(settings.optimizer, settings.clip, self.parameters_arena, self.gradients_arena, self.network.trained())
        old = self.programs
        self.programs = {
            size: Program(self.network.record(size, settings.l1, settings.l2), self.parameters_arena, self.gradients_arena, self.update)
            for size in sorted(self.batches.sizes(), reverse=True)
        }
        for size in set(old) & set(self.programs):
            _carry_over(old[size], self.programs[size])
        self._by_block = {program.batch.flat.size: program for program in self.programs.values()}
        self._scheduled = not isinstance(settings.optimizer.learning_rate, float | int)
        self.revision += 1

    def _state(self) -> list[np.ndarray[Any, Any]]:
        own = [self.parameters_arena.flat, self.gradients_arena.flat, self.update_start, self.update.applied, self.update.slots.flat, self.update.counters.flat]
        return own + [arena.flat for program in self.programs.values() for arena in (program.batch, program.values, program.cotangents)]

    def _snapshot(self, *, command: bool) -> None:
        self.snapshots.add(Snapshot(self.position, copies(self._state()), (self.settings, self.diverged, self.computed_with), command))

    def _restore(self, snapshot: Snapshot) -> None:
        settings, diverged, computed_with = snapshot.settings
        assert isinstance(settings, Settings) and isinstance(computed_with, Settings)
        if settings != self.settings:
            self._use(settings)
        restore(self._state(), snapshot)
        for program in self.programs.values():
            program.primed = not program.constants
        self.position = snapshot.position
        self.diverged = bool(diverged)
        self.computed_with = computed_with
        self.update.begin(self.position.update)


def _carry_over(old: Program, new: Program) -> None:
    """Keep showing the values of the update that the old program has just finished."""
    for before, after in ((old.batch, new.batch), (old.values, new.values), (old.cotangents, new.cotangents)):
        for node in set(before.views) & set(after.views):
            np.copyto(after.views[node], before.views[node])
    if new.root != new.tape.marks["loss"]:
        np.copyto(new.value(new.root), old.value(old.root))

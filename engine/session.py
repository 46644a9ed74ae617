"""A training session: the one object that changes. It runs its program until a position, and never moves in any other way."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from time import perf_counter

import numpy as np

from engine.arena import Arena, Rooms
from engine.batches import Batches
from engine.branches import Branches
from engine.control import Control
from engine.divergence import first_fault, suspicious
from engine.examples import prepared
from engine.formula.calls import Array
from engine.history import History
from engine.log import Command, Log
from engine.network import LIMITS, Network
from engine.pieces import Pieces, ended
from engine.position import Position
from engine.program import Program, carry_over
from engine.reading import Reading
from engine.settings import Settings, write
from engine.snapshots import Snapshot, Snapshots, copied, restore, touched
from engine.spec import SessionSpec
from engine.timeline import Timeline
from engine.travel import Travel
from engine.update import Update

Taps = tuple[Callable[[], object], ...]
Tap = Sequence[Callable[[], object]] | None


class Session(Control, Travel, Reading):
    """A spec being trained. All arrays live in arenas that are allocated once.

    What is read from it is in `Reading`, what is changed by hand in `Control`, going back in `Travel`.
    """

    def __init__(self, spec: SessionSpec, limits: Mapping[str, int] | None = None, rooms: Rooms | None = None) -> None:
        """Build the network; raises SpecError or TooLarge with the field and what to do. Sessions with the same `rooms` are used on one thread."""
        self.rooms = rooms
        self.limits = {**LIMITS, **(limits or {})}
        self.data = prepared(spec, self.limits["rows"])
        self.network = Network(spec, self.data.shape, self.data.target_shape, self.limits)
        self.parameters_arena = self.network.parameters()
        self.gradients_arena = Arena(self.network.shapes, self.network.dtype)
        self.update_start = self.parameters_arena.flat.copy()
        self.last_change = np.zeros_like(self.update_start)
        self.batches = Batches(self.data.train_inputs, self.data.train_targets, spec.batch_size, spec.seed, self.network.dtype, shuffle=spec.shuffle)
        self.network.check_rows(self.batches.sizes(), self.data.train, self.data.rows)
        self.network.check_examples(self.data.inputs, self.data.targets, self.data.steps_asked)
        self.settings = Settings.of(spec)
        self.computed_with = self.settings
        self.position = Position(0, 0)
        self.damaged = False
        self.watchful = True
        self.caught = False
        self.revision = 0
        self.changes = 0
        self.programs: dict[int, Program] = {}
        self.layouts: dict[object, list[tuple[str, int | None]]] = {}
        self._spec = spec
        self._twin: Session | None = None
        self._known: tuple[object, ...] = ()
        room = self.limits["snapshots"]
        first = Timeline(1, Snapshots(room), History(self), Log(self.limits["commands"], room), self.settings)
        self.branches = Branches(first, self.limits["branches"], room)
        self._rebuild()
        self._accept(self.settings)
        self._snapshot()
        self.history.record()
        self.history.then(touched(self._state()))

    @property
    def spec(self) -> SessionSpec:
        """The description of this session, with the settings now in force."""
        return self.settings.apply(self._spec)

    @property
    def timeline(self) -> Timeline:
        """The course of events that the session is in."""
        return self.branches.current

    @property
    def snapshots(self) -> Snapshots:
        """The snapshots of the present timeline."""
        return self.timeline.snapshots

    @property
    def history(self) -> History:
        """The curves of the present timeline."""
        return self.timeline.history

    @property
    def program(self) -> Program:
        """The program of the batch that the position is in: at (u, 0) the one just finished."""
        return self.programs[len(self.batches.examples(self.shown_update))]

    @property
    def instruction_count(self) -> int:
        """How many instructions one update has."""
        return len(self.program.instructions)

    def run(self, until: Position, budget: float | None = None, tap: Tap = None) -> bool:
        """Execute up to `until`, or for `budget` seconds. True when `until` is reached.

        The tap's calls are made after each update, and one that answers True stops the run there; without one given it is the history, and `()` is none.

        Running stops before the first operation whose numbers are not finite. From there one can run on to the end of that update; further raises Diverged.
        """
        goal = self.safe(until)
        return self._go(goal, budget, (self.history.tap,) if tap is None else tuple(tap)) and goal == until

    def _go(self, until: Position, budget: float | None, taps: Taps) -> bool:
        deadline = perf_counter() + budget if budget is not None else None
        known, self.caught = self.timeline.end, False
        with np.errstate(all="ignore"):
            while self.history.settle(deadline) and self.position < until and not (self.damaged or self.caught):
                before = self.position
                due = self.timeline.log.after(before, until)
                self._run_to(due[0].position if due else until, deadline, taps)
                if self.watchful and self.position > known and suspicious(self, before) and self._halt(before):
                    return False
                if due and self.position == due[0].position and self.history.settle():
                    for command in due:
                        self._apply(command)
                if self.position.instruction == 0 and self.position.update % self.snapshots.stride == 0 and not self.snapshots.at(self.position):
                    self.history.then(self._copying())
                if deadline is not None and perf_counter() >= deadline:
                    break
        self.timeline.reach(self.position)
        return self.position >= until and not self.owes

    def _halt(self, before: Position) -> bool:
        """Go back to where the next operation gives the first number that is not finite since a position; False where there is none such."""
        if self.timeline.fault:
            return False
        self.timeline.reach(before)
        fault = first_fault(self, before)
        if fault:
            self.timeline.fault = fault
            self.history.forget_after(fault.position.update)
            self.timeline.reach(fault.position)
            self.approach(fault.position)
            self._go(fault.position, None, ())
        return fault is not None

    def _apply(self, command: Command) -> None:
        self.changes += 1
        if command.edits:
            write(self.parameters_arena, command.edits)
            self.damaged = False
            self.redo()
        if command.settings != self.settings:
            self._use(command.settings)

    def _run_to(self, until: Position, deadline: float | None, taps: Taps) -> None:
        update, instruction = self.position
        if instruction or until.update == update:
            self._partial(until.instruction if until.update == update else None, taps)
            return
        stride = self.snapshots.stride
        self._whole(min(until.update, (update // stride + 1) * stride), deadline, taps)

    def _partial(self, stop: int | None, taps: Taps) -> None:
        """Run instructions of the present update, up to `stop` or to its end."""
        update, instruction = self.position
        if instruction == 0:
            self._snapshot()
            self._begin(update)
        program = self.programs[len(self.batches.examples(update))]
        program.run(instruction, stop)
        done = len(program.instructions) if stop is None else stop
        if done < len(program.instructions):
            self.position = Position(update, done)
            return
        self.position = Position(update + 1, 0)
        self.damaged = not self._finite(program)
        for call in taps:
            self.caught |= call() is True

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
                    program.prime(update)
                if self._scheduled:
                    self.update.begin(update)
                for function, arguments in program.calls:
                    function(*arguments)
                update += 1
                if not (isfinite(square(gradient)) and isfinite(program.loss_value.item())):
                    self.damaged = not self._finite(program)
                if taps:
                    self.position = Position(update, 0)
                    for call in taps:
                        self.caught |= call() is True
                    if self.caught or self.history.begun:
                        return
                if self.damaged or (deadline is not None and perf_counter() >= deadline):
                    self.position = Position(update, 0)
                    return
        self.position = Position(update, 0)

    def _begin(self, update: int) -> None:
        """Load the batch of an update and note the parameters at its start."""
        epoch, place = divmod(update, self.batches.per_epoch)
        block = self.batches.blocks(epoch)[place]
        program = self._by_block[block.size]
        np.copyto(program.batch.flat, block)
        program.draw(update)
        np.subtract(self.parameters_arena.flat, self.update_start, self.last_change)
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
                for mine, kept in zip(self.update.memory(), memory.memory(), strict=True):
                    np.copyto(mine, kept)
        else:
            self.update.optimizer = settings.optimizer
            for name, value in settings.optimizer.numbers().items():
                self.update.numbers[name][...] = value
        self._scheduled = not isinstance(settings.optimizer.learning_rate, float | int)
        if self.position.instruction:
            self.computed_with = settings
        self.update.begin(self.position.update)

    def _rebuild(self) -> None:
        settings = self.settings
        self.update = Update.of(self, getattr(self, "update", None))
        through = self.through if settings.bug and settings.bug.early else None
        if through and not (self.computed_with.bug and self.computed_with.bug.early):
            through.flat[...] = 0
        old = self.programs
        self.programs = {
            size: Program(
                *(self.network.record(size, settings.l1, settings.l2), self.parameters_arena, self.gradients_arena, self.update),
                bug=settings.bug,
                through=through,
                gradient=settings.gradient,
            )
            for size in sorted(self.batches.sizes(), reverse=True)
        }
        for size in set(old) & set(self.programs):
            carry_over(old[size], self.programs[size])
        self._by_block = {program.batch.flat.size: program for program in self.programs.values()}
        self.layouts[settings.structure()] = [(instruction.phase, instruction.layer) for instruction in self.program.instructions]
        self._scheduled = not isinstance(settings.optimizer.learning_rate, float | int)
        self.revision += 1

    def _state(self) -> list[Array]:
        own = [self.parameters_arena.flat, self.gradients_arena.flat, self.update_start, self.last_change, *self.update.memory()]
        own += [self.through.flat] if any(each.bug is not None and each.bug.early for each in (self.settings, self.computed_with)) else []
        applied = [] if self.update.applied is self.gradients_arena.flat else [self.update.applied]
        return own + applied + [array for program in self.programs.values() for array in program.state()]

    def _snapshot(self, *, again: bool = False) -> None:
        """Keep a copy of this place, where there is none yet or it is not what it was."""
        if again or not self.snapshots.at(self.position):
            ended(self._copying())

    def _copying(self) -> Pieces[None]:
        arrays = yield from copied(self._state())
        self.snapshots.add(Snapshot(self.position, arrays, (self.settings, self.damaged, self.computed_with)))

    def _restore(self, snapshot: Snapshot) -> None:
        settings, damaged, computed_with = snapshot.settings
        assert isinstance(settings, Settings) and isinstance(computed_with, Settings)
        self.changes += 1
        if settings != self.settings:
            self._use(settings)
        self.computed_with = computed_with
        restore(self._state(), snapshot)
        for program in self.programs.values():
            program.disturb()
        self.position = snapshot.position
        self.damaged = bool(damaged)
        self.update.begin(self.position.update)

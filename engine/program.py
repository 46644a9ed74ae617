"""The tape compiled to a flat list of instructions: training runs the list, stepping runs one entry.

Four phases: forward, loss, backward, update. An instruction names what it computes and holds bound NumPy calls into buffers
allocated once. A cotangent's first contribution writes and later ones add, in the reverse order of the tape, so nothing needs zeroing.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena, Rooms
from engine.early import carried_late, parameters, stepped_early
from engine.formula import Call
from engine.formula.calls import Array
from engine.fuse import fused, together
from engine.instruction import Instruction, Phase, What
from engine.joining import joined, readers_of_weights
from engine.keeping import moves
from engine.lender import Lender
from engine.op import Pull, emit_forward, emit_pull, part_of
from engine.sharing import Cotangents, arena_of_values, cotangents_of, is_same, part_read
from engine.streams import stream
from engine.tape import Node, Role, Tape
from engine.turns import Turn, turns_of
from engine.update import Update

if TYPE_CHECKING:
    from engine.bugs import Bug
    from engine.gradients import Gradient


class Program:
    """A tape bound to buffers. Several programs, one a batch size, share the parameters and the gradients."""

    def __init__(
        self,
        tape: Tape,
        parameters: Arena[str],
        gradients: Arena[str] | None = None,
        update: Update | None = None,
        *,
        root: str = "objective",
        back_to: tuple[Role, ...] = ("parameter",),
        bug: "Bug | None" = None,
        through: Arena[str] | None = None,
        gradient: "Gradient | None" = None,
        only: int | None = None,
        rooms: Rooms | None = None,
    ) -> None:
        """Without `gradients` the program only runs forward; without `update` it leaves the parameters alone; cotangents are carried `back_to` these roles.

        `through` holds the weights that gradients were carried back through, where a bug has the parameters stepped by then.
        `gradient` says where the gradient comes from; without it, from backpropagation. `only` leaves out every turn but one.
        What a program with `rooms` computes has to be read before another one with the same rooms runs.
        """
        self.bug = bug
        self.through = through
        self.tape = tape
        self._back_to = back_to
        self.dtype: np.dtype[Any] = parameters.flat.dtype
        self.parameters = parameters
        self.gradients = gradients
        self.lend = Lender(self.dtype)
        self.attributes: dict[int, dict[str, Array]] = {}
        self._contributions: dict[tuple[int, ...], Array] = {}
        self.turns = turns_of(tape, root)
        self.turns = self.turns if only is None else (self.turns[only],)
        shown = self.turns[0] if only is not None else next(turn for turn in self.turns[::-1] if turn.player == 0)
        self.root, self.loss = shown.root, shown.loss
        used = [node for node in tape.nodes if node.role != "value" or any(turn.start <= node.id <= turn.root for turn in self.turns)]
        self.batch = Arena({node.id: node.shape for node in used if node.role in ("input", "target")}, self.dtype, rooms, "batch")
        self.noise = Arena({node.id: node.shape for node in used if node.role == "noise"}, self.dtype)
        self.constant = Arena({node.id: node.shape for node in used if node.role == "constant"}, self.dtype)
        for number, view in self.constant.views.items():
            view[...] = tape.constants[number]
        self.readers = readers_of_weights(tape)
        self.fixed: list[tuple[Array, float]] = []
        self.values = arena_of_values(self, (node for node in sorted(used, key=lambda node: (together(node), node.id)) if node.role == "value"), rooms)
        self.settle()
        self.estimator = gradient.estimator(self, tape.seed) if gradient and gradients else None
        placed = cotangents_of(self) if gradients and not self.estimator else Cotangents({})
        self.cotangents, self.tiled = placed.arena(self), placed.tiled
        self.instructions: list[Instruction] = []
        self._turn = 0
        self._compile(update)
        self.constants, self.calls = fused(self) if update else ([], [])
        self.primed = False
        self.disturb()
        first = [i for i in self.instructions if i.turn == 0]
        self.ends = {phase: 1 + max((i.index for i in first if i.phase == phase), default=-1) for phase in ("forward", "loss", "backward", "update")}
        self.loss_value: Array = self.value(self.loss) if self.loss <= self.root else np.zeros(())
        self.ends["loss"] = max(self.ends["loss"], self.ends["forward"])

    def value(self, node: int) -> Array:
        """The buffer of a node's value."""
        made = self.tape.nodes[node]
        if made.role == "parameter":
            return self.parameters.views[made.name]
        return {"input": self.batch, "target": self.batch, "noise": self.noise, "constant": self.constant, "value": self.values}[made.role].views[node]

    def cotangent(self, node: int) -> Array | None:
        """The buffer of the gradient arriving at a node, or None where nobody needs one."""
        made = self.tape.nodes[node]
        if made.role == "parameter":
            return self.gradients.views[made.name] if self.gradients else None
        return self.cotangents.views.get(node)

    def prime(self, update: int) -> None:
        """Compute what is the same at every update, so that `calls` can leave it out, and draw what is not."""
        for function, arguments in self.constants:
            function(*arguments)
        self.draw(update)
        self.primed = not self.tape.chances and not self.estimator

    def settle(self) -> None:
        """Write the constants that stand among the values: again before each pass, where rooms lend these to others in between."""
        for place, number in self.fixed:
            place[...] = number

    def disturb(self) -> None:
        """Note that the buffers hold something else than the last update has left there."""
        self.primed = not self.constants and not self.tape.chances and not self.estimator

    def draw(self, update: int) -> None:
        """Draw the noise of an update: the same for the same seed, update and batch size."""
        for place, (node, chance) in enumerate(self.tape.chances.items()):
            source, view = stream(self.tape.seed, f"noise {place}", update), self.noise.views[node]
            view[...] = source.standard_normal(view.shape) if chance == "normal" else source.random(view.shape)
        if self.estimator:
            self.estimator.begin(update)

    def run(self, start: int = 0, stop: int | None = None) -> None:
        """Execute the instructions from `start` up to, and without, `stop`."""
        for instruction in self.instructions[start:stop]:
            for function, arguments in instruction.passing + instruction.calls:
                function(*arguments)

    def arguments(self, node: Node) -> dict[str, Array]:
        """The values that a node's op reads, by the names of its rules."""
        return {name: self.value(source) for name, source in node.arguments().items()}

    def pull(self, node: Node, name: str) -> Pull:
        """The rule by which this program carries a cotangent back through a node to its input `name`: what runs, what is drawn and what is explained."""
        assert node.op is not None
        own = node.op.pulls[name]
        return self.bug.pull(self.tape, node, name, own) if self.bug else own

    def pulled(self, node: Node, name: str) -> dict[str, Any]:
        """What the pull-back through a node to its input `name` reads beside the arriving cotangent: inputs, attributes, choices and y."""
        found = {**self.arguments(node), **self.numbers(node), **node.choices, "y": self.value(node.id)}
        if self.through and carried_late(self.tape, node, name):
            found |= {key: self.through.views[each] for key, each in parameters(self.tape, node).items()}
        return found

    def numbers(self, node: Node) -> dict[str, Array]:
        """A node's attributes as 0-d arrays, kept so that a setting can change without a new program."""
        if node.id not in self.attributes:
            self.attributes[node.id] = {name: np.array(value, self.dtype) for name, value in node.attributes.items()}
        return self.attributes[node.id]

    def state(self) -> list[Array]:
        """All that an instruction may read of what came before it."""
        return [self.batch.flat, self.noise.flat, self.values.flat, self.cotangents.flat, *(self.estimator.memory() if self.estimator else ())]

    @property
    def nbytes(self) -> int:
        """The memory of this program's own buffers."""
        return int(self.batch.flat.nbytes + self.noise.flat.nbytes + self.values.flat.nbytes + self.cotangents.flat.nbytes + self.lend.size)

    def active(self, turn: Turn) -> set[int]:
        """The nodes between a turn's loss and what cotangents are carried back to: only they need one."""
        active: set[int] = set()
        for node in self.tape.nodes:
            learned = node.role in self._back_to and (node.role != "parameter" or turn.trains(node.name))
            if learned or (turn.holds(node.id) and any(source in active for source in node.inputs)):
                active.add(node.id)
        return active

    def backward_ends(self, turn: int) -> int:
        """How many instructions are done when the backward pass of a turn is."""
        return 1 + max((i.index for i in self.instructions if i.turn == turn and i.phase == "backward"), default=-1)

    def stretch(self, turn: Turn) -> slice:
        """Where the parameters of a turn's player stand in the vector."""
        spans = [span for name, span in self.parameters.spans.items() if turn.owns is None or name in turn.owns]
        return slice(spans[0][0], spans[-1][1]) if turn.owns is not None else slice(None)

    def _append(self, phase: Phase, node: Node, calls: list[Call], computes: tuple[int, What], wrt: str | None = None, *, first: bool = True) -> None:
        index = len(self.instructions)
        self.instructions.append(Instruction(index, phase, node.layer, node.id, wrt, (computes,), tuple(calls), first=first, turn=self._turn))

    def _compile(self, update: Update | None) -> None:
        for number, turn in enumerate(self.turns):
            self._turn = number
            self._compile_forward(turn)
            if update and len(self.turns) > 1:
                self._note(update.seen[number], update.parameters)
            if self.estimator:
                self._compile_estimate()
            elif self.gradients and turn.root in self.cotangents.views:
                self._compile_backward(turn, adds=bool(update and self.bug and self.bug.accumulates))
            if update and self.bug and self.bug.early:
                self.instructions = stepped_early(self, update)
            elif update and turn.learns:
                self.instructions += self.steps(update, {name for name in update.trained if turn.trains(name)}, self.stretch(turn), player=turn.player)
        for node, step, calls in moves(self) if update else ():
            self.instructions.append(Instruction(len(self.instructions), "update", None, None, None, ((node.id, "parameter"),), tuple(calls), step=step))

    def _compile_forward(self, turn: Turn) -> None:
        for node in self.tape.nodes:
            if node.op and turn.start <= node.id <= turn.root:
                phase: Phase = "forward" if node.id <= turn.prediction else "loss"
                shared = part_read(node) and is_same(self.value(node.id), part_of(self.value(node.inputs[0]), part_read(node), node.choices))
                read = {**self.arguments(node), **self.numbers(node), **node.choices}
                self._append(phase, node, [] if shared else emit_forward(node.op, self.value(node.id), read, self.lend), (node.id, "value"))

    def _note(self, seen: Array, parameters: Array) -> None:
        """Keep the parameters as this turn has found them, for whoever asks later what its numbers belong to."""
        last = self.instructions[-1]
        self.instructions[-1] = replace(last, calls=(*last.calls, (np.copyto, (seen, parameters))))

    def steps(
        self, update: Update, names: set[str], part: slice = slice(None), layer: int | None = None, *, counted: bool = False, player: int = 0
    ) -> list[Instruction]:
        """The update's lines for the parameters of these names, which fill a stretch of the vector."""
        changed: tuple[tuple[int, What], ...] = tuple((node.id, "parameter") for node in self.tape.nodes if node.name in names)
        start = len(self.instructions)
        return [
            Instruction(start + place, "update", layer, None, None, changed if line.target == "w" else (), tuple(calls), number, turn=self._turn)
            for place, (number, line, calls) in enumerate(update.instructions(self.lend, part, counted=counted, player=player))
        ]

    def contribution(self, into: Array) -> Array:
        """Where a further contribution is computed before it is added: one buffer for all of a shape."""
        return self._contributions.setdefault(into.shape, np.empty_like(into))

    def _compile_estimate(self) -> None:
        """Emit the estimator's instructions; with the last of them all gradients are there."""
        assert self.estimator is not None
        steps = list(self.estimator.instructions())
        done: tuple[tuple[int, What], ...] = tuple((node.id, "gradient") for node in self.tape.nodes if node.role == "parameter")
        for number, (step, calls) in enumerate(steps, 1):
            computes = done if number == len(steps) else ()
            self.instructions.append(Instruction(len(self.instructions), "backward", None, None, None, computes, tuple(calls), step=step))

    def _compile_backward(self, turn: Turn, *, adds: bool) -> None:
        """Emit a turn's pulls; with `adds`, a parameter's gradient is added to what its place holds already."""
        active = self.active(turn)
        written, start = {turn.root}, len(self.instructions)
        seed = self.cotangents.views[turn.root]
        seed[...] = 1
        for node in reversed(self.tape.nodes):
            if node.op is None or node.id not in written or not turn.holds(node.id):
                continue
            dy = self.cotangents.views[node.id]
            arguments = node.arguments()
            for name in node.op.pulls:
                source = arguments[name]
                into = self.cotangent(source)
                if source not in active or into is None:
                    continue
                what: What = "gradient" if self.tape.nodes[source].role == "parameter" else "cotangent"
                first = source not in written and not (adds and what == "gradient")
                rule = self.pull(node, name)
                place = part_of(into, rule.within, node.choices) if rule.within else into
                if is_same(place, dy):
                    calls: list[Call] = []
                elif rule.within and source in self.tiled:
                    calls = [(np.copyto, (place, dy))]
                elif rule.within and not first:
                    calls = [(np.add, (place, dy, place))]
                else:
                    target = into if first else self.contribution(into)
                    calls = emit_pull(rule, name, target, {**self.pulled(node, name), "dy": dy}, self.lend)
                    calls += [] if first else [(np.add, (into, target, into))]
                written.add(source)
                self._append("backward", node, calls, (source, what), wrt=name, first=first)
        self.instructions[start:] = joined(self, start)


def carry_over(old: Program, new: Program) -> None:
    """Keep showing the values of the update that the old program has just finished."""
    for before, after in ((old.batch, new.batch), (old.values, new.values), (old.cotangents, new.cotangents)):
        for node in set(before.views) & set(after.views):
            np.copyto(after.views[node], before.views[node])
    if new.root != new.tape.marks["loss"]:
        np.copyto(new.value(new.root), old.value(old.root))

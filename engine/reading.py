# mypy: disable-error-code="misc"
"""What can be read from a session without moving it. Every method answers in plain JSON values or bytes."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from engine import agreement, anatomy, checks, explain, export, frame, graph, outlook
from engine.along import along
from engine.arena import Arena
from engine.bugs import Bug
from engine.code import code
from engine.cost import cost
from engine.delivery import Objective, delivery
from engine.effort import rows_within
from engine.evaluate import MILLISECONDS, Evaluator
from engine.focus import Focus
from engine.formula.calls import Array
from engine.grading import grade
from engine.insides import Insides
from engine.noise import noise
from engine.paths import MOST, paths
from engine.pieces import Pieces, ended
from engine.plain import finite, plain
from engine.proof import proof
from engine.question import describe, question
from engine.sample import sample
from engine.samples import samples
from engine.sentences import sentences
from engine.shares import examples
from engine.symbols import Symbols
from engine.turns import losses_so_far, refuse_players, turn_now
from engine.warning import warning
from engine.worksheet import Choices, worksheet

if TYPE_CHECKING:
    from engine.session import Session


class Reading(Insides):
    """The reading half of a session; `Session` adds what moves it, and `Insides` what lies inside a layer."""

    @cached_property
    def evaluator(self: "Session") -> Evaluator:
        """Forward passes at the present parameters."""
        return Evaluator(self.network, self.parameters_arena, self.rooms, rows_within(self, MILLISECONDS))

    @cached_property
    def focus(self: "Session") -> Focus:
        """The followed example."""
        return Focus(self)

    @cached_property
    def through(self: "Session") -> Arena[str]:
        """The weights that the shown gradients were carried back through, where a bug has the parameters stepped by then."""
        return Arena(self.network.shapes, self.network.dtype)

    @cached_property
    def objective(self: "Session") -> Objective:
        """The objective of a batch at any weights."""
        return Objective(self.network)

    @cached_property
    def symbols(self: "Session") -> Symbols:
        """What the values are called."""
        return Symbols(self.program.tape, self.data.feature_names)

    @property
    def shown_update(self: "Session") -> int:
        """The update whose values are shown: the present one, or at its end the one just finished."""
        return max(self.position.update - (self.position.instruction == 0), 0)

    @property
    def parameter_count(self: "Session") -> int:
        """How many numbers learn; running statistics do not."""
        return sum(map(prod, self.network.learned.values()))

    @property
    def weight(self: "Session") -> int:
        """The bytes that it is to have room for: its network with a batch's numbers, its examples, and the most that its past may take."""
        occupied = self.occupied()
        return occupied["network"] + occupied["examples"] + max(occupied["past"], occupied["most"])

    def occupied(self: "Session") -> dict[str, int]:
        """The bytes that it takes: of the network with a batch's numbers, the examples, and the past, which has `most` at the most beside its least.

        A small network's snapshots are bounded by their number, a large one's by their bytes.
        """
        arenas = (self.parameters_arena.flat, self.gradients_arena.flat, self.update_start, self.last_change, *self.update.memory())
        return {
            "network": sum(program.nbytes for program in self.programs.values()) + sum(array.nbytes for array in arenas),
            "examples": sum(array.nbytes for array in (self.data.inputs, self.data.targets, self.data.raw)),
            "past": sum(timeline.snapshots.nbytes for timeline in self.branches),
            "most": min(self.limits["snapshots"], self.limits["branches"] * self.snapshots.most * sum(array.nbytes for array in self._state())),
        }

    def batch_examples(self: "Session") -> list[int]:
        """The example numbers of the batch whose values are shown."""
        return [int(row) for row in self.batches.examples(self.shown_update)]

    def shown_parameters(self: "Session") -> Array:
        """The parameters that the shown gradients belong to: those at the start of the update."""
        return self.update_start if self.position > (0, 0) else self.parameters_arena.flat

    def parameters_of(self: "Session", turn: int) -> Array:
        """The parameters that the shown numbers of a player's turn belong to: as the turn found them, or, where it is to come, as they are."""
        if not len(self.update.seen):
            return self.shown_parameters()
        update, done = self.position
        noted = max(i.index for i in self.program.instructions if i.turn == turn and i.phase in ("forward", "loss"))
        return self.update.seen[turn] if (update > 0 if done == 0 else noted < done) else self.parameters_arena.flat

    def focus_key(self: "Session") -> tuple[object, ...]:
        """Changes whenever the followed example's numbers can."""
        small = self.parameter_count < 2000 and not len(self.update.seen) and not (self.computed_with.bug and self.computed_with.bug.early)
        return (self.shown_update, self.revision, self.shown_parameters().tobytes() if small else (self.position, self.changes))

    def state(self: "Session") -> dict[str, Any]:
        """Where the program stands, in numbers and in words."""
        started = self.position > (0, 0)
        turn, losses = turn_now(self), losses_so_far(self)
        loss, objective = (self.program.value(node) for node in (turn.loss, turn.root))
        update = self.shown_update
        return {
            "position": self.position.json(),
            "epoch": self.batches.epoch(self.position.update),
            "updates_per_epoch": self.batches.per_epoch,
            "phase": self.program.instructions[self.position.instruction - 1].phase if started else "start",
            "diverged": self.diverged,
            "fault": self.fault.json(self.position) if self.fault else None,
            "loss": losses.get(turn.name, plain(loss)) if started else None,
            "turn": {"name": turn.name, "says": turn.says} if turn.name else None,
            "losses": losses if started else None,
            "objective": plain(objective) if started else None,
            "learning_rate": self.update.optimizer.rate_at(update),
            "batch": self.batch_examples(),
            **sentences(self),
            "bug": warning(self),
            "revision": self.revision,
            "can_go_back": self.position > self.snapshots.earliest,
            "earliest": self.snapshots.earliest.json(),
            "end": self.timeline.end.json(),
            "settings": self.settings.json(),
            "branch": self.timeline.number,
            "branches": len(self.branches),
            "marks": self.branches.version,
        }

    def unfit(self: "Session", bug: Bug) -> str | None:
        """Why a bug would change nothing in this network, in words; None where it would."""
        return bug.unfit(self.programs[max(self.programs)], self.network.trained())

    def outputs(self: "Session") -> Any:
        """The outputs of the present batch, (batch, outputs), as the last layer gives them."""
        return plain(self.program.value(self.program.tape.marks["prediction"]))

    def gradients(self: "Session", example: int | None = None) -> dict[str, Any]:
        """Every parameter's gradient: of the batch's objective, or of one example's loss."""
        if example is None:
            return {name: plain(view) for name, view in self.gradients_arena.views.items()}
        self.focus.follow(example)
        return {name: plain(view) for name, view in self.focus.gradients.views.items()}

    def gradient_summary(self: "Session") -> dict[str, Any]:
        """How large each parameter's gradient is: norm, mean and largest size."""
        return {name: graph.summary(view) for name, view in self.gradients_arena.views.items()}

    def parameters(self: "Session") -> dict[str, Any]:
        """Every parameter's present value."""
        return {name: plain(view) for name, view in self.parameters_arena.views.items()}

    def values(self: "Session", node: int, example: int | None = None) -> dict[str, Any]:
        """A node's value and the gradient arriving at it, of the batch or of one example."""
        return graph.values(self, node, example)

    def graph(self: "Session") -> dict[str, Any]:
        """The structure: nodes, instructions, parameters, and the columns and links that are drawn."""
        return graph.graph(self)

    def frame(self: "Session", fields: list[str], focus: int | None, sequence: int, *, running: bool) -> bytes:
        """The numbers as one binary frame."""
        return frame.encode(self, fields, focus, sequence, running=running)

    def event(self: "Session", fields: list[str], focus: int | None, sequence: int, *, running: bool) -> dict[str, Any]:
        """The same numbers as JSON."""
        return frame.event(self, fields, focus, sequence, running=running)

    def surface(self: "Session", resolution: int) -> dict[str, Any]:
        """Each unit's value over the plane of a 2-input network."""
        return ended(outlook.surface(self, resolution))

    def surface_bytes(self: "Session", resolution: int) -> bytes:
        """The same values as little-endian float32."""
        return ended(outlook.surface_bytes(self, resolution))

    def predictions(self: "Session") -> dict[str, Any]:
        """What the network says of every example, and how wrong it is."""
        return ended(outlook.predictions(self))

    def outlook(self: "Session", resolution: int | None = None, *, packed: bool = False) -> Pieces[Any]:
        """The predictions, or the surface of a resolution, in pieces: None after each. They are of one moment where the session stands still meanwhile."""
        if resolution is None:
            return outlook.predictions(self)
        return outlook.surface_bytes(self, resolution) if packed else outlook.surface(self, resolution)

    def metrics(self: "Session", branch: int | None = None) -> dict[str, Any]:
        """The curves of the run so far, or of another branch."""
        return (self.timeline if branch is None else self.branches.get(branch)).history.json()

    def examples(self: "Session", limit: int = 1000) -> dict[str, Any]:
        """The examples themselves, in their raw columns."""
        return outlook.examples(self, limit)

    def explain(self: "Session", target: str, example: int | None = None) -> dict[str, Any]:
        """One weight, neuron or op laid open with its numbers."""
        return finite(explain.explain(self, target, example))  # type: ignore[no-any-return]

    def anatomy(self: "Session", name: str) -> dict[str, Any]:
        """The update of one number of a parameter, line by line."""
        return finite(anatomy.anatomy(self, name))  # type: ignore[no-any-return]

    def paths(self: "Session", target: str, example: int | None = None, most: int = MOST) -> dict[str, Any]:
        """Every path from the loss of one example to one parameter, or the strongest of them and the sum of the rest."""
        return finite(paths(self, target, example, most))  # type: ignore[no-any-return]

    def delivery(self: "Session", *, curve: bool = False) -> dict[str, Any]:
        """What the gradient promised that the update would do to the loss, and what it did."""
        return finite(delivery(self, curve=curve))  # type: ignore[no-any-return]

    def shares(self: "Session", target: str, example: int | None = None) -> dict[str, Any]:
        """What each example of the batch says of one parameter's gradient, and how far they cancel."""
        return finite(examples(self, target, example))  # type: ignore[no-any-return]

    def noise(self: "Session") -> Iterator[dict[str, Any] | None]:
        """How the noise of a batch's gradient falls with its size: None after each piece, and the answer at the end."""
        refuse_players(self, "The noise of a batch")
        return (finite(found) for found in noise(self))

    def cost(self: "Session") -> Iterator[dict[str, Any] | None]:
        """What the whole gradient costs by backpropagation, by differences and by random directions: None after each piece, and the answer at the end."""
        refuse_players(self, "The cost of a gradient")
        return (finite(found) for found in cost(self))

    def check(self: "Session", name: str, example: int | None = None) -> dict[str, Any]:
        """One gradient measured again by two forward passes."""
        return finite(checks.check(self, name, example))  # type: ignore[no-any-return]

    def check_all(self: "Session") -> dict[str, Any]:
        """Every gradient measured again, or a seeded sample of a large network's."""
        return next(found for found in self.checking() if found)

    def checking(self: "Session") -> Iterator[dict[str, Any] | None]:
        """The same in small pieces: None after each, and the verdict at the end."""
        return (finite(found) for found in agreement.check_all(self))

    def proving(self: "Session", target: str, example: int | None = None, h: float | None = None) -> Iterator[dict[str, Any] | None]:
        """One gradient's check laid open over every step h: None after each piece, and the answer at the end."""
        return (finite(found) for found in proof(self, target, example, h))

    def along(self: "Session", target: str, example: int | None = None, at: float | None = None) -> Iterator[dict[str, Any] | None]:
        """The true loss along one number, with the tangent at it: None after each piece, and the answer at the end."""
        return (finite(found) for found in along(self, target, example, at))

    def samples(self: "Session", count: int = 200) -> dict[str, Any]:
        """What a generator makes of noise that stays the same, with the modes of the data that it reaches."""
        return samples(self, count)

    def export(self: "Session", form: str, what: str) -> bytes:
        """The arrays of `parameters`, `gradients`, `update` or `start` as a file: "npz" or "csv"."""
        return export.export(form, export.arrays(self, what))

    def question(self: "Session", pinned: str | None = None, example: int | None = None) -> dict[str, Any]:
        """The number that the next operation computes, to be predicted first: of one example, on the way to what is pinned."""
        refuse_players(self, "A prediction of the next number")
        return describe(self, question(self, pinned, example))

    def grade(self: "Session", target: str, answer: str, earlier: Sequence[Mapping[str, str]] = (), **seen: Any) -> dict[str, Any]:
        """An answer to that question marked, with errors carried forward from the `earlier` ones; `seen` is what is pinned and the example."""
        return grade(self, target, seen.get("pinned"), seen.get("example"), answer, earlier)

    def sample(self: "Session", length: int = 200, temperature: float = 1.0, start: str = "", seed: int = 0) -> Iterator[dict[str, Any] | None]:
        """What a network that reads a text writes after `start`: None after each character, and the text at the end."""
        return (finite(found) for found in sample(self, length, temperature, start, seed))

    def worksheet(self: "Session", **choices: Any) -> dict[str, Any]:
        """One example worked through the shown update by hand, with blanks: the fields of `Choices` say which."""
        refuse_players(self, "A worksheet")
        return worksheet(self, Choices(**choices))

    def code(self: "Session", form: str) -> dict[str, Any]:
        """What the session does as a script to take away."""
        refuse_players(self, "A script")
        return code(self, form)

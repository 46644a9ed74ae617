"""The first number that is not finite: which operation would produce it, where, from what, and what to do.

A run tests each update when it is done. Where one has gone wrong, a twin goes through it once more, one operation at a time; the session then
stands before the offender, and nothing is damaged. An infinity that leaves no trace at the end of its update is let pass.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.formula.calls import Array
from engine.instruction import Instruction
from engine.plain import plain
from engine.position import Position
from engine.sentences import label, todo
from engine.twin import twin
from engine.words import figure

if TYPE_CHECKING:
    from engine.session import Session


@dataclass(frozen=True)
class Fault:
    """The operation after `position` gives numbers that are not finite: `element` first, `count` in all, from `inputs`."""

    position: Position
    where: str
    todo: str
    element: str
    value: float
    count: int
    inputs: tuple[dict[str, Any], ...]
    weight: float
    best: int | None

    @property
    def sentence(self) -> str:
        """What would happen, and where."""
        others = f", and {self.count - 1:,} more numbers with it" if self.count > 1 else ""
        return f"To {self.todo} would make {self.element} {_called(self.value)}{others}: the first number that is not finite."

    @property
    def advice(self) -> str:
        """What to do about it."""
        there = f" to update {self.best:,}, where the loss was lowest," if self.best is not None else ""
        return f"Go back{there} and choose a smaller learning rate or clip the gradient."

    @property
    def grown(self) -> str:
        """Why, where large weights are the reason."""
        return f"The largest weight has grown to {figure(self.weight)}." if self.weight > 1e3 else ""

    @property
    def brief(self) -> str:
        """What would happen, in few words."""
        others = f", with {self.count - 1:,} more" if self.count > 1 else ""
        return f"{self.element} would become {_called(self.value)}{others}"

    def json(self, at: Position) -> dict[str, Any]:
        """The form in which it travels; `happened` where the operation has been run all the same."""
        return {
            "position": self.position.json(),
            "happened": at > self.position,
            "where": self.where,
            "element": self.element,
            "value": _called(self.value),
            "count": self.count,
            "inputs": [dict(each) for each in self.inputs],
            "best": self.best,
            "sentence": self.sentence,
            "grown": self.grown,
            "advice": self.advice,
        }


def sound(session: "Session") -> bool:
    """Whether everything that outlives an update is finite: parameters, the optimiser's memory, and at its end the loss and the gradients too."""
    lasting = (session.parameters_arena.flat, session.update.slots.flat)
    return not session.damaged and all(np.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all()) for flat in lasting)


def suspicious(session: "Session", since: Position) -> bool:
    """Whether something went wrong since a position: at the end of an update, or in what its operations have written so far."""
    update, done = session.position
    if done == 0:
        return not sound(session)
    first = since.instruction if since.update == update else 0
    return any(not np.isfinite(array).all() for each in session.program.instructions[first:done] for *_, array in written(session, each))


def first_fault(session: "Session", since: Position) -> Fault | None:
    """The first operation since an update that was sound which leaves its update unsound; None where all that is not finite leaves no trace."""
    scout = twin(session)
    scout.watchful = False
    scout.seek(Position(since.update, 0))
    while True:
        update = scout.position.update
        scout.run(Position(update + 1, 0), tap=())
        if not sound(scout):
            return _offender(scout, update)
        if scout.position > session.position:
            return None


def _offender(scout: "Session", update: int) -> Fault | None:
    by_hand = [each.position.instruction for each in scout.timeline.log.commands if each.position.update == update]
    scout.seek(Position(update, max(by_hand, default=0)))
    for number in range(scout.position.instruction, scout.instruction_count):
        scout.run(Position(update, number + 1) if number + 1 < scout.instruction_count else Position(update + 1, 0), tap=())
        program = scout.program
        for node, name, array in written(scout, program.instructions[number]):
            bad = np.argwhere(~np.isfinite(array))
            if len(bad):
                index, value = tuple(map(int, bad[0])), float(array[tuple(bad[0])])
                scout.seek(Position(update, number))
                return _described(scout, number, node, name, index, value, len(bad))
    return None


def written(session: "Session", instruction: Instruction) -> Iterator[tuple[int, str, Array]]:
    """The arrays that an instruction has filled, each with its node and what it is of it: value, cotangent, gradient; of an update's line its target."""
    program, update = session.program, session.update
    if instruction.phase == "update" and not instruction.step:
        line = update.lines[instruction.line or 0].target
        yield -1, line, {"w": update.parameters, "applied": update.applied, **update.slots.views, **update.counters.views}[line]
        return
    for node, what in instruction.computes:
        array = program.value(node) if what in ("value", "parameter") else program.cotangent(node)
        if array is not None:
            yield node, what, array


def _described(session: "Session", number: int, node: int, what: str, index: tuple[int, ...], value: float, count: int) -> Fault:
    instruction = session.program.instructions[number]
    weights = np.abs(session.parameters_arena.flat)
    known = [(point["train_loss"], point["update"]) for point in session.history.points if point["train_loss"] is not None]
    best = min(known, default=(0.0, 0))[1]
    return Fault(
        session.position,
        "the update" if instruction.phase == "update" else label(session, instruction.layer),
        todo(session, instruction),
        _element(session, instruction, node, what, index),
        value,
        count,
        tuple(_inputs(session, instruction, index)),
        float(weights.max(initial=0.0)),
        best if best < session.position.update else None,
    )


def _element(session: "Session", instruction: Instruction, number: int, what: str, index: tuple[int, ...]) -> str:
    if instruction.phase == "update" and not instruction.step:
        name = _parameter(session, index[0]) if index else ""
        return name if what == "w" else f"{what} of {name}" if name else what
    node = session.program.tape.nodes[number]
    if instruction.phase == "update":
        return f"{node.name}[{','.join(map(str, index))}]"
    if node.role == "parameter":
        return f"the gradient of {node.name}[{','.join(map(str, index))}]"
    rows = session.batch_examples()
    if not index:
        name = "the loss"
    else:
        unit = session.symbols.text(node.id, index[1]) if len(index) == 2 else f"{node.name}[{','.join(map(str, index[1:]))}]"
        name = f"{unit} of example {rows[index[0]]}" if index[0] < len(rows) else unit
    return name if what == "value" else f"the gradient arriving at {name}"


def _parameter(session: "Session", place: int) -> str:
    for name, (start, stop) in session.parameters_arena.spans.items():
        if start <= place < stop:
            index = np.unravel_index(place - start, session.parameters_arena.views[name].shape)
            return f"{name}[{','.join(map(str, index))}]"
    return f"number {place}"


def _inputs(session: "Session", instruction: Instruction, index: tuple[int, ...]) -> Iterator[dict[str, Any]]:
    """What the operation reads: at the same element where it works on each by itself, else what is largest in size."""
    if instruction.step:
        return
    program, update = session.program, session.update
    if instruction.node is None:
        formula = update.lines[instruction.line or 0].formula
        read = {"w": update.parameters, "g": update.applied, **update.slots.views, **update.counters.views, **update.numbers}
        if update.lines[instruction.line or 0].target == "applied":
            read["g"] = update.gradients
    else:
        node = program.tape.nodes[instruction.node]
        assert node.op is not None
        pull = program.pull(node, instruction.wrt) if instruction.wrt else None
        formula = pull.formula if pull else node.op.formula
        read = {**program.pulled(node, instruction.wrt), "dy": program.cotangents.views[node.id]} if instruction.wrt else program.arguments(node)
    shape = next(array.shape for *_, array in written(session, instruction))
    for name, array in read.items():
        if array.size and re.search(rf"\b{name}\b", formula):
            same = array.shape == shape
            value = array[index] if same else array.ravel()[np.abs(array).argmax()]
            yield {"name": name, "value": plain(value), "largest": not same and array.size > 1}


def _called(value: float) -> str:
    return "not a number" if np.isnan(value) else "negative infinity" if value < 0 else "infinite"

"""One product for the gradient of a weight that is used again and again, as by a recurrent layer at every moment.

Each use adds xᵀ dy to the gradient. Uses laid one after the other are one use with more rows, so the last of these instructions works the whole gradient
out at once. The others keep their place, their node and what they say: one who steps through them sees the sum grow, one who runs does not wait for it.
What they have added up is written over by the last, so that stepping and running end in the same bits.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.formula import Call
from engine.formula.calls import Array
from engine.instruction import Instruction, Run
from engine.op import emit_pull
from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.program import Program

FEWEST = 3
"""Uses of a weight from which it is worth it."""


class Beside(NamedTuple):
    """What to keep side by side, with the number of its group: values that one weight reads at several places, and the places at which it does."""

    read: dict[int, int]
    readers: dict[int, int]

    def place(self, node: int) -> tuple[int, int]:
        """What to order values by."""
        return (self.read[node], 0) if node in self.read else (self.readers.get(node, -1), 1)


def rows_of_weights(tape: Tape) -> Beside:
    """What has to stand side by side for the gradients of weights to be worked out at once."""
    uses: dict[int, list[Node]] = {}
    for node in tape.nodes:
        for name, source in node.arguments().items():
            if tape.nodes[source].role == "parameter" and node.op and name in node.op.pulls and node.op.pulls[name].joins:
                uses.setdefault(source, []).append(node)
    read: dict[int, int] = {}
    readers: dict[int, int] = {}
    for weight, nodes in uses.items():
        for node in nodes if len(nodes) >= FEWEST else ():
            readers.setdefault(node.id, weight)
            for source in node.inputs:
                if tape.nodes[source].role == "value":
                    read.setdefault(source, weight)
    return Beside(read, readers)


def joined(program: "Program", start: int) -> Iterator[Instruction]:
    """A turn's instructions of the backward pass, which begin at a number, with the last use of a weight working out what all of them add up to."""
    ours = program.instructions[start:]
    uses: dict[int, list[Instruction]] = {}
    for instruction in ours:
        (target, what), *_ = instruction.computes
        if what == "gradient" and _joins(program, instruction):
            uses.setdefault(target, []).append(instruction)
    every = {target: sum(each.computes[0] == (target, "gradient") for each in ours) for target in uses}
    alike = {target: len(found) == every[target] >= FEWEST and found[0].first and len({each.wrt for each in found}) == 1 for target, found in uses.items()}
    runs = {target: list(_runs(program, found)) for target, found in uses.items() if alike[target]}
    for instruction in ours:
        target = instruction.computes[0][0]
        if target not in runs or len(runs[target]) == every[target]:
            yield instruction
        elif instruction is not uses[target][-1]:
            yield replace(instruction, calls=(), passing=instruction.calls)
        else:
            yield replace(instruction, calls=tuple(_whole(program, instruction, runs[target])), joins=tuple(runs[target]))


def _joins(program: "Program", instruction: Instruction) -> bool:
    """Whether this is a use of a weight by an op's own rule, which a bug may have exchanged, and which sums over rows."""
    node = program.tape.nodes[instruction.node] if instruction.node is not None else None
    if node is None or node.op is None or instruction.wrt is None:
        return False
    own = node.op.pulls[instruction.wrt]
    return own.joins and program.pull(node, instruction.wrt) is own


def _runs(program: "Program", uses: Sequence[Instruction]) -> Iterator[Run]:
    """The uses in the order in which they run forward, cut where what they read is no longer one stretch of memory."""
    run: list[Node] = []
    before: list[Array] = []
    for instruction in reversed(uses):
        node = program.tape.nodes[instruction.node or 0]
        read = list(_read(program, node, instruction.wrt or "").values())
        if run and (node.op is not run[0].op or not all(map(follows, before, read))):
            yield tuple(run)
            run = []
        run.append(node)
        before = read
    yield tuple(run)


def _read(program: "Program", node: Node, wrt: str) -> dict[str, Array]:
    """The arrays with a row an example that the pull to a weight reads, by the names of its rule."""
    assert node.op is not None
    arriving = program.cotangent(node.id)
    assert arriving is not None
    asked = inspect.signature(node.op.pulls[wrt].emit).parameters
    values = {name: program.value(source) for name, source in node.arguments().items() if program.tape.nodes[source].role != "parameter"}
    return {name: array for name, array in {**values, "dy": arriving}.items() if name in asked}


def follows(a: Array, b: Array) -> bool:
    """Whether an array begins in memory where another one of its shape ends."""
    here, there = (each.__array_interface__["data"][0] for each in (a, b))
    return bool(a.flags.c_contiguous and b.flags.c_contiguous and a.shape == b.shape and there - here == a.nbytes)


def _whole(program: "Program", last: Instruction, runs: Sequence[Run]) -> Iterator[Call]:
    """The calls that write a weight's whole gradient."""
    into = program.cotangent(last.computes[0][0])
    assert into is not None and last.wrt is not None
    for number, run in enumerate(runs):
        node = run[0]
        known = program.pulled(node, last.wrt) | {name: stacked(program, array, len(run)) for name, array in _read(program, node, last.wrt).items()}
        target = program.contribution(into) if number else into
        yield from emit_pull(program.pull(node, last.wrt), last.wrt, target, known, program.lend)
        if number:
            yield np.add, (into, target, into)


def stacked(program: "Program", first: Array, count: int) -> Array:
    """So many arrays that lie one after the other as one, with an axis for them in front."""
    if count == 1:
        return first
    address = first.__array_interface__["data"][0]
    for arena in (program.values, program.cotangents, program.batch):
        start = (address - arena.flat.__array_interface__["data"][0]) // arena.flat.itemsize
        if 0 <= start <= arena.flat.size - count * first.size:
            return arena.flat[start : start + count * first.size].reshape(count, *first.shape)
    raise AssertionError("values that lie side by side are in one vector")

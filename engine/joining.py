"""One product for the gradient of a weight that is used again and again, as by a recurrent layer at every moment.

Each use adds xᵀ dy to the gradient. Uses laid one after the other are one use with more rows, so the last of these instructions works the whole gradient
out at once; where those of several weights follow from one product, the first of their last instructions works them all out. The others keep their place,
their node and what they say: one who steps through them sees the sum grow, one who runs does not wait for it. What they have added up is written over, so
that stepping and running end in the same bits.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.adjacent import follows, stacked, stretches
from engine.formula import Call
from engine.formula.calls import Array
from engine.instruction import Instruction, Run, What
from engine.op import emit_pull, emit_whole
from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.program import Program

FEWEST = 3
"""Uses of a weight from which it is worth it."""


def readers_of_weights(tape: Tape) -> dict[int, int]:
    """For each op that uses a weight again and again a weight that it uses: what arrives at those of one weight has to stand side by side."""
    uses: dict[int, list[Node]] = {}
    for node in tape.nodes:
        for name, source in node.arguments().items():
            if tape.nodes[source].role == "parameter" and node.op and name in node.op.pulls and node.op.pulls[name].joins:
                uses.setdefault(source, []).append(node)
    readers: dict[int, int] = {}
    for weight, nodes in uses.items():
        for node in nodes if len(nodes) >= FEWEST else ():
            readers.setdefault(node.id, weight)
    return readers


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
    wholes = _wholes(program, runs)
    for instruction in ours:
        target = instruction.computes[0][0]
        if target not in runs or len(runs[target]) == every[target]:
            yield instruction
        elif instruction is not uses[target][-1]:
            yield replace(instruction, calls=(), passing=instruction.calls)
        elif target not in wholes:
            yield replace(instruction, calls=tuple(_sum(program, instruction, runs[target])), joins=tuple(runs[target]))
        elif instruction.index > min(uses[each][-1].index for each in wholes[target]):
            yield replace(instruction, calls=())
        else:
            others: list[tuple[int, What]] = [(each, "gradient") for each in wholes[target] if each != target]
            yield replace(instruction, calls=tuple(_at_once(program, runs[target][0])), joins=tuple(runs[target]), computes=(*instruction.computes, *others))


def _wholes(program: "Program", runs: dict[int, list[Run]]) -> dict[int, list[int]]:
    """For each weight whose gradient follows with those of others from one product all of these: what they read stands in rows, and all are wanted."""
    found: dict[int, list[int]] = {}
    for target, (first, *more) in runs.items():
        node = first[0]
        names = node.op.whole.names if node.op and node.op.whole else ()
        together = [node.arguments()[name] for name in names]
        if names and not more and target in together and all(runs.get(each) == [first] for each in together):
            x, h = (program.value(node.arguments()[name]) for name in "xh")
            found |= {target: together} if program.lend.abreast(x, h) is not None else {}
    return found


def _at_once(program: "Program", run: Run) -> list[Call]:
    """The calls that write the whole gradients of several weights."""
    node = run[0]
    assert node.op is not None and node.op.whole is not None
    assert program.gradients is not None
    into = {name: program.gradients.views[program.tape.nodes[node.arguments()[name]].name] for name in node.op.whole.names}
    read = {name: program.value(node.arguments()[name]) for name in "xh"} | {"dy": program.cotangents.views[node.id]}
    known = {name: stacked(array, len(run)) for name, array in read.items()}
    return emit_whole(node.op.whole, into, known, program.lend)


def _joins(program: "Program", instruction: Instruction) -> bool:
    """Whether this is a use of a weight by an op's own rule, which a bug may have exchanged, and which sums over rows."""
    node = program.tape.nodes[instruction.node] if instruction.node is not None else None
    if node is None or node.op is None or instruction.wrt is None:
        return False
    own = node.op.pulls[instruction.wrt]
    return own.joins and program.pull(node, instruction.wrt) is own


def _runs(program: "Program", uses: Sequence[Instruction]) -> Iterator[Run]:
    """The uses in the order in which they run forward, cut where what they read is no longer one stretch of memory."""
    read = [(program.tape.nodes[each.node or 0], _read(program, program.tape.nodes[each.node or 0], each.wrt or "").values()) for each in reversed(uses)]
    for run in stretches(read, lambda run, use: use[0].op is run[0][0].op and all(map(follows, run[-1][1], use[1]))):
        yield tuple(node for node, _ in run)


def _read(program: "Program", node: Node, wrt: str) -> dict[str, Array]:
    """The arrays with a row an example that the pull to a weight reads, by the names of its rule."""
    assert node.op is not None
    arriving = program.cotangent(node.id)
    assert arriving is not None
    asked = inspect.signature(node.op.pulls[wrt].emit).parameters
    values = {name: program.value(source) for name, source in node.arguments().items() if program.tape.nodes[source].role != "parameter"}
    return {name: array for name, array in {**values, "dy": arriving}.items() if name in asked}


def _sum(program: "Program", last: Instruction, runs: Sequence[Run]) -> Iterator[Call]:
    """The calls that write a weight's whole gradient."""
    into = program.cotangent(last.computes[0][0])
    assert into is not None and last.wrt is not None
    for number, run in enumerate(runs):
        node = run[0]
        known = program.pulled(node, last.wrt) | {name: stacked(array, len(run)) for name, array in _read(program, node, last.wrt).items()}
        target = program.contribution(into) if number else into
        yield from emit_pull(program.pull(node, last.wrt), last.wrt, target, known, program.lend)
        if number:
            yield np.add, (into, target, into)

"""What needs neither memory nor calls of its own: some units of a value, and a gradient that is passed on as it is.

A part of a value is a view of it where only elementwise ops read it. A gradient that an op passes on unchanged is the very gradient that arrived, where
nothing else is added to it; and a part's gradient is written straight into its place in the whole, where parts are all that reads the whole. The
instructions are what they were: stepping, explaining and checking see no difference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from engine.abreast import cells_of, lay, ones_of, read_by, shape_of
from engine.arena import Arena, Rooms
from engine.formula.calls import Array
from engine.op import part_of
from engine.tape import Node

if TYPE_CHECKING:
    from engine.program import Program

Reader = tuple[Node, str]
"""A node, and the input by which it reads a value."""


def part_read(node: Node) -> str:
    """Which part of its only input a node is, as in `Pull.within`, or nothing."""
    return next(iter(node.op.pulls.values())).within if node.op and len(node.op.pulls) == 1 else ""


def is_same(a: Array, b: Array) -> bool:
    """Whether two arrays are the same numbers in the same memory."""
    return a.__array_interface__["data"] == b.__array_interface__["data"] and a.shape == b.shape and a.strides == b.strides


def arena_of_values(program: "Program", nodes: Iterable[Node], rooms: Rooms | None = None) -> Arena[int]:
    """The values of these nodes; a part that only elementwise ops read is a view of what it is a part of, and what recurrent cells read stands in rows.

    Each cell's rows are lent to the program's rules, and a constant among what it reads has its place there.
    """
    kept = list(nodes)
    read: dict[int, list[Node]] = {}
    for node in program.tape.nodes:
        for source in node.inputs:
            read.setdefault(source, []).append(node)
    parts = {
        node.id
        for node in kept
        if part_read(node) and program.tape.nodes[node.inputs[0]].role == "value" and all(each.op and each.op.elementwise for each in read.get(node.id, []))
    }
    whole = {node.id: node.shape for node in kept if node.id not in parts}
    cells = cells_of(program, set(whole))
    rows = {~number: shape_of(program, each) for number, each in enumerate(cells)}
    abreast = {source for each in cells for source in read_by(each)}
    arena = Arena({node: shape for node, shape in whole.items() if node not in abreast} | rows, program.dtype, rooms, "values")
    for number, each in enumerate(cells):
        del arena.spans[~number]
        block = arena.views.pop(~number)
        program.lend.rows.append(block)
        program.fixed += [(column, 1.0) for column in ones_of(program, each, block)]
        for source, place in lay(program, each, block):
            if source in program.tape.constants:
                program.constant.views[source] = place
                program.fixed.append((place, program.tape.constants[source]))
            else:
                arena.views[source] = place
    for node in sorted((each for each in kept if each.id in parts), key=lambda each: each.id):
        arena.views[node.id] = part_of(arena.views[node.inputs[0]], part_read(node), node.choices)
    return arena


@dataclass
class Cotangents:
    """Where the gradients that arrive at values stand: `same` as another's, `within` another's, or in a place of their own."""

    shapes: Mapping[int, tuple[int, ...]]
    same: dict[int, int] = field(default_factory=dict)
    within: dict[int, Node] = field(default_factory=dict)
    tiled: set[int] = field(default_factory=set)
    """Values that are read in parts alone, each unit by one of them."""

    def owner(self, node: int) -> int:
        """Whose gradient a node's is."""
        while node in self.same:
            node = self.same[node]
        return node

    def arena(self, program: "Program") -> Arena[int]:
        """The buffers; side by side what arrives at the places at which one weight is read."""
        group = {self.owner(node): weight for node, weight in program.readers.items() if node in self.shapes}
        own = sorted((node for node in self.shapes if node not in self.same and node not in self.within), key=lambda node: (group.get(node, -1), node))
        made = Arena({node: self.shapes[node] for node in own}, program.dtype)

        def view(node: int) -> Array:
            if node not in made.views:
                part = self.within.get(node)
                made.views[node] = part_of(view(part.inputs[0]), part_read(part), part.choices) if part else view(self.same[node])
            return made.views[node]

        for node in self.shapes:
            view(node)
        return made


def cotangents_of(program: "Program") -> Cotangents:
    """Where the gradients of a program stand; those of one with several players' turns, which read and write the same values, share nothing."""
    active = {turn: program.active(turn) for turn in program.turns}
    shapes = {
        node.id: node.shape
        for node in program.tape.nodes
        if node.role != "parameter" and any(node.id in active[turn] and (node.role != "value" or turn.start <= node.id <= turn.root) for turn in program.turns)
    }
    found = Cotangents(shapes)
    if len(program.turns) > 1:
        return found
    readers: dict[int, list[Reader]] = {}
    for node in program.tape.nodes:
        if node.op and node.id in shapes:
            for name, source in node.arguments().items():
                if source in shapes and name in node.op.pulls:
                    readers.setdefault(source, []).append((node, name))
    for source, ((node, name), *more) in readers.items():
        if not more and _passes_on(program, node, name) and shapes[source] == node.shape:
            found.same[source] = node.id
    classes: dict[int, list[int]] = {}
    for each in shapes:
        classes.setdefault(found.owner(each), []).append(each)
    for source, parts in readers.items():
        if not all(part_read(node) and program.pull(node, name) is node.op.pulls[name] for node, name in parts if node.op):
            continue
        if _tile(program.tape.nodes[source], [node for node, _ in parts]):
            found.tiled.add(source)
            owners = [found.owner(node.id) for node, _ in parts]
            apart = len({*owners, found.owner(source)}) == len(owners) + 1 and not any(each in found.within for each in (*owners, found.owner(source)))
            if apart and all(_bears_strides(program, classes[owner], readers.get(owner, [])) for owner in owners):
                found.within |= {owner: node for owner, (node, _) in zip(owners, parts, strict=True)}
    return found


def _passes_on(program: "Program", node: Node, name: str) -> bool:
    """Whether a node is a sum that passes on to this summand what arrives as it is, by its own rule."""
    assert node.op is not None
    own = node.op.pulls[name]
    return node.op.elementwise and len(node.inputs) > 1 and own.formula == "dy" and program.pull(node, name) is own


def _bears_strides(program: "Program", alike: list[int], readers: list[Reader]) -> bool:
    """Whether everything that writes or reads this gradient may find it in pieces."""
    nodes = [program.tape.nodes[each] for each in alike]
    return all(each.op and (each.op.elementwise or part_read(each)) for each in nodes) and all(node.op and node.op.elementwise for node, _ in readers)


def _tile(whole: Node, parts: list[Node]) -> bool:
    """Whether parts cover a value, each unit once."""
    count = np.zeros(whole.shape, np.int8)
    for node in parts:
        part_of(count, part_read(node), node.choices)[...] += 1
    return bool((count == 1).all())

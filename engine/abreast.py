"""What a recurrent cell reads and what it carries, in one row: `x, 1, h, 1` for each example, moment below moment.

So the weighted sum of both with their biases is one product with the weights, which stand below one another in the vector of parameters, and the weights'
whole gradient is one product too. Where something else lends the memory, or a value has its place already, x and h stand apart, and an op sums twice.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.formula.calls import Array
from engine.tape import Node

if TYPE_CHECKING:
    from engine.program import Program

Cells = Sequence[Node]
"""The sums of one cell at every moment, in the order in which they run."""


def cells_of(program: "Program", free: set[int]) -> Iterator[Cells]:
    """The sums of recurrent cells whose x and h can be put into rows: a value that is `free` to stand anywhere, or a constant, once."""
    groups: dict[tuple[int, ...], list[Node]] = {}
    for node in program.tape.nodes:
        if node.op and node.op.whole and node.id in free:
            groups.setdefault(tuple(source for name, source in node.arguments().items() if name in node.op.whole.names), []).append(node)
    taken: set[int] = set()
    for cells in groups.values():
        read = read_by(cells)
        if len(set(read)) == len(read) and not taken & set(read) and all(each in free or each in program.tape.constants for each in read):
            taken |= set(read)
            yield cells


def read_by(cells: Cells) -> list[int]:
    """All that stands in the rows of a cell."""
    return [source for node in cells for source in _read(node)]


def rows_of(program: "Program", cells: Cells) -> tuple[int, int]:
    """The shape of the rows of a cell: (moments · batch, values + 1 + units + 1)."""
    x, h = (program.tape.nodes[source].shape for source in _read(cells[0]))
    return len(cells) * x[0], x[1] + 1 + h[1] + 1


def lay(program: "Program", cells: Cells, rows: Array) -> Iterator[tuple[int, Array]]:
    """Give each x and h of a cell its place in the rows, and write the ones and the constants."""
    batch, values = program.tape.nodes[_read(cells[0])[0]].shape
    rows[:, [values, -1]] = 1
    for moment, node in enumerate(cells):
        own = rows[moment * batch : (moment + 1) * batch]
        for source, place in zip(_read(node), (own[:, :values], own[:, values + 1 : -1]), strict=True):
            if source in program.tape.constants:
                place[...] = program.tape.constants[source]
            yield source, place


def _read(node: Node) -> tuple[int, int]:
    """What a cell reads and what it carries, by its op's names for them."""
    arguments = node.arguments()
    return arguments["x"], arguments["h"]

"""What a recurrent cell reads and what it carries, in one row: `x, 1, h` for each example, moment below moment; `x, 1, h, 1` where a GRU has two biases.

So the weighted sum of both with their biases is one product with the weights, which stand below one another in the vector of parameters, and the weights'
whole gradient is one product too.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.formula.calls import Array
from engine.tape import Node

if TYPE_CHECKING:
    from engine.program import Program

Cells = Sequence[Node]
"""The sums of one cell at every moment, in the order in which they run."""


def cells_of(program: "Program", free: set[int]) -> list[Cells]:
    """The sums of recurrent cells; all that they read is `free` to stand anywhere, or is a constant."""
    groups: dict[tuple[int, ...], list[Node]] = {}
    for node in program.tape.nodes:
        if node.op and node.op.whole and node.id in free:
            groups.setdefault(tuple(source for name, source in node.arguments().items() if name in node.op.whole.names), []).append(node)
    read = [source for cells in groups.values() for source in read_by(cells)]
    assert len(set(read)) == len(read) and set(read) <= free | set(program.tape.constants), "each cell reads moments and states of its own"
    return list(groups.values())


def read_by(cells: Cells) -> list[int]:
    """All that stands in the rows of a cell."""
    return [source for node in cells for source in _read(node)]


def shape_of(program: "Program", cells: Cells) -> tuple[int, int]:
    """The shape of the rows of a cell: (moments · batch, columns)."""
    batch = program.tape.nodes[_read(cells[0])[0]].shape[0]
    return len(cells) * batch, sum(stop - start for start, stop in _columns(program, cells[0])) + len(_ones(program, cells[0]))


def lay(program: "Program", cells: Cells, rows: Array) -> Iterator[tuple[int, Array]]:
    """The place in the rows of each x and h of a cell."""
    batch = len(rows) // len(cells)
    for moment, node in enumerate(cells):
        own = rows[moment * batch : (moment + 1) * batch]
        for source, (start, stop) in zip(_read(node), _columns(program, node), strict=True):
            yield source, own[:, start:stop]


def ones_of(program: "Program", cells: Cells, rows: Array) -> Iterator[Array]:
    """The columns of the rows that are 1."""
    return (rows[:, place] for place in _ones(program, cells[0]))


def _read(node: Node) -> tuple[int, int]:
    """What a cell reads and what it carries, by its op's names for them."""
    arguments = node.arguments()
    return arguments["x"], arguments["h"]


def _columns(program: "Program", node: Node) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where x and h stand in a row, from column to column."""
    values, units = (program.tape.nodes[source].shape[1] for source in _read(node))
    return (0, values), (values + 1, values + 1 + units)


def _ones(program: "Program", node: Node) -> list[int]:
    """Which columns of a row are 1: one for each bias of the op."""
    assert node.op is not None and node.op.whole is not None
    biases = sum(len(program.tape.nodes[node.arguments()[name]].shape) == 1 for name in node.op.whole.names)
    return [stop for _, stop in _columns(program, node)][:biases]

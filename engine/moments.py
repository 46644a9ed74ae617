"""All moments of a sequence read at once: one copy, one product and one sum in place of one for each moment, where that gives the same bits.

BLAS may round a product of many rows otherwise than one of few; which it does hangs on the shapes, not on the numbers. So it is tried once for each shape.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.formula import Call
from engine.joining import follows, stacked
from engine.op import emit_forward
from engine.ops import OPS
from engine.tape import Node

if TYPE_CHECKING:
    from engine.program import Program


def read_at_once(program: "Program") -> dict[int, list[Call]]:
    """For each node that needs other calls than its own when an update is run as a whole those calls: all with the first reader, none with the others."""
    found: dict[int, list[Call]] = {}
    for readers in _groups(program):
        moments = [program.tape.nodes[node.inputs[0]] for node in readers]
        first, values = readers[0], [program.value(node.id) for node in readers]
        copies = [program.value(node.id) for node in moments]
        if not all(follows(a, b) for each in (values, copies) for a, b in zip(each, each[1:], strict=False)):
            continue
        x, out = (stacked(program, each[0], len(each)) for each in (copies, values))
        weight = program.value(first.inputs[1])
        if first.op is None or not same_bits((*x.shape, weight.shape[1]), x.dtype.str):
            continue
        onward = moments[0].choices["at"] < moments[1].choices["at"]
        whole = program.value(moments[0].inputs[0])[:, :: 1 if onward else -1]
        read = {**program.arguments(first), "x": x}
        found |= {node.id: [] for node in (*moments, *readers)}
        found[moments[0].id] = [(np.copyto, (x, whole.swapaxes(0, 1)))]
        found[first.id] = emit_forward(first.op, out, read, program.lend)
    return found


def _groups(program: "Program") -> Iterator[list[Node]]:
    """Nodes that weigh every moment of one sequence with the same parameters, in the order in which they run; each moment is read by one of them alone."""
    groups: dict[tuple[int, ...], list[Node]] = {}
    nodes = program.tape.nodes
    for node in nodes:
        if node.op in (OPS["affine"], OPS["matmul"]) and nodes[node.inputs[0]].op is OPS["moment"] and nodes[node.inputs[1]].role == "parameter":
            groups.setdefault((nodes[node.inputs[0]].inputs[0], *node.inputs[1:]), []).append(node)
    for (whole, *_), readers in groups.items():
        at = [nodes[node.inputs[0]].choices["at"] for node in readers]
        if len(at) > 1 and sorted(at) == list(range(nodes[whole].shape[1])) and at in (sorted(at), sorted(at, reverse=True)):
            yield readers


@lru_cache(256)
def same_bits(shape: tuple[int, ...], dtype: str) -> bool:
    """Whether (moments · batch, values) @ (values, units) gives each moment the numbers of (batch, values) @ (values, units), to the last bit."""
    moments, batch, values, units = shape
    rng = np.random.default_rng(0)
    x, weight = (rng.standard_normal(size).astype(dtype) for size in ((moments, batch, values), (values, units)))
    return bool(x.reshape(-1, values).dot(weight).tobytes() == b"".join(moment.dot(weight).tobytes() for moment in x))

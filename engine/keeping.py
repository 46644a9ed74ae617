"""Running statistics: numbers that a layer remembers of the batches, for when the network is asked. Each update moves them; nothing learns them.

They stand among the parameters, so that whatever keeps, copies, sends or edits those does so with these, and instructions of the update move them.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.arena import Arena
from engine.errors import OutOfReach
from engine.formula import Call
from engine.formula.calls import Array
from engine.step import Step
from engine.tape import Keep, Node
from engine.typesetting import assignment

if TYPE_CHECKING:
    from engine.program import Program

DOC = "A running statistic: what the network uses in the place of a batch's own mean and variance when it is only asked. No gradient goes to it."
KEPT = ("running_mean", "running_variance")
LETTERS = {"running_mean": "<mi>μ</mi>", "running_variance": "<msup><mi>σ</mi><mn>2</mn></msup>"}


def is_kept(name: str) -> bool:
    """Whether a parameter's name is that of a running statistic."""
    return name.rpartition(".")[2] in KEPT


def moves(program: "Program") -> Iterator[tuple[Node, Step, list[Call]]]:
    """For each running statistic of a program: its parameter, what is said of its move, and the calls that make it."""
    for keep in program.tape.kept:
        node = program.tape.nodes[keep.parameter]
        yield node, _said(node, keep), list(_calls(program, node, keep))


def parts(keep: Keep) -> tuple[float, float]:
    """What the old value and the batch's are multiplied by."""
    return 1 - keep.momentum, keep.momentum * keep.scale


def refuse_kept(name: str) -> None:
    """Raise OutOfReach for what only a parameter that learns has."""
    short = name.partition("[")[0]
    if is_kept(short):
        raise OutOfReach(f"{short} is a running statistic: no gradient goes to it, and each update moves it towards what the batch says; take a parameter")


def still(parameters: Arena[str], direction: Array) -> Array:
    """A direction in which no running statistic is moved: (parameters,), changed in place."""
    for name, (start, stop) in parameters.spans.items():
        if is_kept(name):
            direction[start:stop] = 0
    return direction


def _calls(program: "Program", node: Node, keep: Keep) -> Iterator[Call]:
    statistic, seen = program.value(node.id), program.value(keep.value)[0]
    old, new = (np.array(part, program.dtype) for part in parts(keep))
    share = np.zeros_like(statistic)
    yield np.multiply, (seen, new, share)
    yield np.multiply, (statistic, old, statistic)
    yield np.add, (statistic, share, statistic)


def _said(node: Node, keep: Keep) -> Step:
    short = node.name.rpartition(".")[2]
    what = f"the {short.replace('_', ' ')} of layer {node.name.removesuffix(f'.{short}')}"
    old, new = (f"{part:.6g}" for part in parts(keep))
    letter = LETTERS[short]
    symbols = {"r": letter, "v": f"<msub>{letter}<mi>batch</mi></msub>"}
    formula = assignment("r", f"{old} * r + {new} * v", symbols)
    return Step("μ" if short == "running_mean" else "σ²", f"{what} has moved towards the batch's", f"move {what} towards the batch's", formula, DOC)

"""A program in which each layer is stepped before the gradient is carried back through it, as a bug has it.

A layer is stepped as soon as all of its gradients are there: at the first of its nodes, which is the last that the backward pass comes to.
The weights that a gradient was carried back through after that are kept, so that what is explained later reads what the program has read.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.tape import Node, Tape
from engine.update import Update

if TYPE_CHECKING:
    from engine.arena import Arena
    from engine.instruction import Instruction
    from engine.program import Program
    from engine.session import Session


def stepped_early(program: "Program", update: Update) -> list["Instruction"]:
    """The program's instructions, compiled without an update, with the update's lines for each layer behind its own gradients."""
    found: list[Instruction] = []
    for instruction in program.instructions:
        node = program.tape.nodes[instruction.node] if instruction.node is not None else None
        if node is None or instruction.phase != "backward" or instruction.wrt is None:
            found.append(instruction)
            continue
        if program.through and carried_late(program.tape, node, instruction.wrt):
            kept = parameters(program.tape, node).values()
            keeping = [(np.copyto, (program.through.views[name], program.parameters.views[name])) for name in kept]
            instruction = replace(instruction, calls=(*keeping, *instruction.calls))
        found.append(instruction)
        if instruction.wrt == _last_of_layer(program.tape, node):
            found += _lines(program, update, node, counted=any(each.phase == "update" for each in found))
    return [replace(instruction, index=index) for index, instruction in enumerate(found)]


def parameters(tape: Tape, node: Node) -> dict[str, str]:
    """The parameters that a node reads, by the names of its op's rules, in their order."""
    return {name: tape.nodes[source].name for name, source in node.arguments().items() if tape.nodes[source].role == "parameter"}


def carried_late(tape: Tape, node: Node, name: str) -> bool:
    """Whether the pull-back to a node's input comes after the step of the node's layer, and reads weights that the step has moved."""
    last, order = _last_of_layer(tape, node), list(node.op.pulls) if node.op else []
    return last is not None and order.index(name) > order.index(last)


def passed_through(session: "Session", into: "Arena[str]") -> None:
    """Write the weights that the shown gradients were carried back through; where that is still to come, the weights as they are now."""
    np.copyto(into.flat, session.parameters_arena.flat)
    tape = session.program.tape
    for instruction in session.program.instructions[: session.position.instruction or None]:
        node = tape.nodes[instruction.node] if instruction.node is not None else None
        if node and instruction.wrt and carried_late(tape, node, instruction.wrt):
            for name in parameters(tape, node).values():
                np.copyto(into.views[name], session.through.views[name])


def _last_of_layer(tape: Tape, node: Node) -> str | None:
    """The input whose pull-back completes the gradients of a node's layer, where this is the node that does."""
    own = parameters(tape, node)
    if node.layer is None or node.op is None or not own:
        return None
    first = next(each for each in tape.nodes if each.layer == node.layer and parameters(tape, each))
    return [name for name in node.op.pulls if name in own][-1] if node is first else None


def _lines(program: "Program", update: Update, node: Node, *, counted: bool) -> list["Instruction"]:
    """The update of one layer, whose parameters lie side by side in the vector; what is counted once an update comes with the first layer."""
    names = {each.name for each in program.tape.nodes if each.role == "parameter" and each.layer == node.layer}
    spans = [program.parameters.spans[name] for name in names]
    trained = names & update.trained
    return program.steps(update, trained, slice(min(spans)[0], max(spans)[1]), node.layer, counted=counted) if trained else []

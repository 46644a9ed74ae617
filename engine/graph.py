"""The structure of a session's program as JSON: sent once, so that frames can be numbers alone."""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.bugs import Bug
from engine.component import kinds
from engine.errors import UnknownName
from engine.estimate import WORDS
from engine.formula import math
from engine.formula.calls import Array
from engine.frame import fields
from engine.instruction import Instruction
from engine.plain import plain
from engine.sentences import done, label, short, todo
from engine.trace import name, right
from engine.typesetting import assignment, op_formula, pull_formula
from engine.within import bypassed, insides

if TYPE_CHECKING:
    from engine.session import Session
    from engine.tape import Node


def graph(session: "Session") -> dict[str, Any]:
    """Nodes, instructions, parameters, and the columns and links that are drawn."""
    program = session.program
    at: dict[tuple[int, str], int] = {(node, what): i.index for i in program.instructions for node, what in i.computes}
    loss = session.network.loss
    return {
        "revision": session.revision,
        "nodes": [_node(session, node, at) for node in program.tape.nodes],
        "instructions": [_instruction(session, instruction) for instruction in program.instructions],
        "parameters": [_parameter(session, node, at) for node in program.tape.nodes if node.role == "parameter"],
        "columns": [{**one, "skips": [bypassed(session, program.tape.nodes[end]) for end in one["skips"]]} for one in session.symbols.json()],
        "links": _links(session),
        "insides": insides(session),
        "loss": {
            "node": program.tape.marks["loss"],
            "each": program.tape.marks["each"],
            "label": label(session, None),
            "short": loss.short,
            "output": loss.output,
        },
        "prediction": program.tape.marks["prediction"],
        "task": session.network.spec.task.told(program.tape),
        "fields": fields(session),
        "bugs": {bug.kind: session.unfit(bug) for bug in (kind.model_validate({}) for kind in kinds(Bug)) if isinstance(bug, Bug)},
    }


def values(session: "Session", number: int, example: int | None) -> dict[str, Any]:
    """A node's value and cotangent; whether each is of the present update is said in `known`."""
    nodes = session.program.tape.nodes
    if not 0 <= number < len(nodes):
        raise UnknownName("node", number, f"numbers 0 to {len(nodes) - 1}")
    node = nodes[number]
    place = session.position.instruction
    at = {what: i.index for i in session.program.instructions for target, what in i.computes if target == number}

    def known(what: str) -> bool:
        return what in at and (session.position.update > 0 if place == 0 else at[what] < place)

    if example is None or node.role == "parameter":
        program, row = session.program, None
    else:
        followed = session.focus.follow(example)
        program, row = followed.program, followed.row
    value, cotangent = program.value(number), program.cotangent(number)
    if row is not None and node.shape:
        value, cotangent = value[row], None if cotangent is None else cotangent[row]
    leaf = node.role != "value"
    return {
        "node": number,
        "name": node.name,
        "shape": list(value.shape),
        "value": plain(value),
        "cotangent": None if cotangent is None else plain(cotangent),
        "known": {
            "value": node.role == "parameter" or (place > 0 if leaf else known("value")) or (place == 0 and session.position.update > 0),
            "cotangent": known("gradient" if node.role == "parameter" else "cotangent"),
        },
    }


def summary(gradient: Array) -> dict[str, float | None]:
    """How large a gradient is."""
    size = np.abs(gradient)
    with np.errstate(all="ignore"):
        norm = np.sqrt(np.square(gradient).sum())
    return {"norm": plain(norm), "mean_abs": plain(size.mean()), "max_abs": plain(size.max())}


def _node(session: "Session", node: "Node", at: dict[tuple[int, str], int]) -> dict[str, Any]:
    tape = session.program.tape
    shape: list[int | str] = list(node.shape)
    if node.role != "parameter" and shape:
        shape[0] = "batch"
    what = "gradient" if node.role == "parameter" else "cotangent"
    return {
        "id": node.id,
        "name": node.name,
        "role": node.role,
        "op": node.op.name if node.op else None,
        "inputs": list(node.inputs),
        "shape": shape,
        "text": name(tape, node.id) if node.id in tape.names else None,
        "says": right(tape, node) if node.id in tape.names and node.op else None,
        "scope": node.scope,
        "layer": node.layer,
        "value_at": at.get((node.id, "value"), 0 if node.role in ("input", "target", "noise", "constant") else None),
        "cotangent_at": at.get((node.id, what)),
    }


def _instruction(session: "Session", instruction: Instruction) -> dict[str, Any]:
    node = session.program.tape.nodes[instruction.node] if instruction.node is not None else None
    return {
        "index": instruction.index,
        "phase": instruction.phase,
        "turn": instruction.turn,
        "layer": instruction.layer,
        "group": "update" if instruction.phase == "update" else WORDS if instruction.step else label(session, instruction.layer),
        "short": short(session, instruction),
        "op": node.op.name if node and node.op else None,
        "node": instruction.node,
        "wrt": instruction.wrt,
        "computes": [{"node": target, "what": what} for target, what in instruction.computes],
        "done": done(session, instruction),
        "todo": todo(session, instruction),
        "formula": math(formula_of(session, instruction)),
    }


def formula_of(session: "Session", instruction: Instruction) -> str:
    """MathML content of what an instruction computes."""
    node = session.program.tape.nodes[instruction.node] if instruction.node is not None else None
    if instruction.step:
        return instruction.step.formula
    if node is None or node.op is None:
        line = session.update.lines[instruction.line or 0]
        return assignment(line.target, line.formula, session.update.symbols)
    if instruction.wrt:
        return pull_formula(f"d{instruction.wrt}", session.program.pull(node, instruction.wrt).formula, elementwise=node.op.elementwise)
    return op_formula(node.op)


def _parameter(session: "Session", node: "Node", at: dict[tuple[int, str], int]) -> dict[str, Any]:
    start, stop = session.parameters_arena.spans[node.name]
    kept = node.name in session.network.kept
    return {
        "name": node.name,
        "layer": node.layer,
        "node": node.id,
        "shape": list(node.shape),
        "offset": start,
        "size": stop - start,
        "gradient_at": at.get((node.id, "gradient")),
        "updated_at": at.get((node.id, "parameter")),
        "frozen": not kept and node.name not in session.network.trained(),
        "kept": kept,
    }


def _links(session: "Session") -> list[dict[str, Any]]:
    """The weights between two columns, where the one is weighed and added up to the other with nothing in between."""
    nodes = session.program.tape.nodes
    links = []
    for before, column in zip(session.symbols.columns, session.symbols.columns[1:], strict=False):
        if column.kind != "neurons" or column.pre is None:
            continue
        arguments = nodes[column.pre].arguments()
        bias = nodes[arguments["b"]].name if "b" in arguments else None
        links.append({"parameter": nodes[arguments["W"]].name, "bias": bias, "from": before.index, "to": column.index, "layer": nodes[column.pre].layer})
    return links

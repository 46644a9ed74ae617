"""One weight, one neuron or one op laid open: formulas with their numbers, as the page's inspector shows them."""

import re
from typing import TYPE_CHECKING, Any

from engine.checks import check
from engine.delivery import delivery
from engine.errors import UnknownName
from engine.estimate import WORDS, estimated, place_of
from engine.formula import math
from engine.formula.calls import Array
from engine.keeping import refuse_kept
from engine.ladder import Ladder
from engine.neuron import neuron
from engine.plain import plain
from engine.sentences import done, label, nudge
from engine.settings import locate
from engine.shares import added_up, penalty, shares
from engine.trace import line as line_of
from engine.trace import name as name_of
from engine.typesetting import assignment, op_formula, pull_formula

if TYPE_CHECKING:
    from engine.session import Session
    from engine.tape import Node

NOT_YET = "Its gradient is not computed yet."
GUESSED = "Its gradient is an estimate from forward passes in random directions: right on average, and far off each time."
EXAMPLES = 128
"""Examples of a batch whose own gradients are listed one by one for the bars."""


def explain(session: "Session", target: str, example: int | None) -> dict[str, Any]:
    """`target` is `parameter:2.W[2,3]`, `value:4[3]`, `op:7` or `step`; raises UnknownName for anything else."""
    if target == "step":
        return _step(session)
    kind, _, rest = target.partition(":")
    if kind == "parameter":
        return _parameter(session, rest, example)
    if kind == "value" and (match := re.fullmatch(r"(\d{1,6})\[(\d{1,6}(?:,\d{1,6}){0,5})\]", rest)):
        return neuron(session, int(match[1]), tuple(map(int, match[2].split(","))), example)
    if kind == "op" and re.fullmatch(r"\d{1,6}", rest):
        return _op(session, int(rest))
    raise UnknownName("target", target[:60], "parameter:<name>[<index>], value:<node>[<index>], op:<instruction>, step")


def _parameter(session: "Session", name: str, example: int | None) -> dict[str, Any]:
    base, index = locate(session.parameters_arena, name)
    if not index:
        raise UnknownName("target", name, f"one number of it, such as {name}[{','.join('0' * base.ndim)}]")
    refuse_kept(name)
    short = name.split("[")[0]
    node = next(n for n in session.program.tape.nodes if n.name == short and n.role == "parameter")
    started = session.position > (0, 0)
    at = max((i.index for i in session.program.instructions if (node.id, "gradient") in i.computes), default=None)
    place = session.position.instruction
    known = started and (place == 0 or (at is not None and at < place))
    change = _last_change(session, node.id, short)[index]
    found: dict[str, Any] = {
        "kind": "parameter",
        "name": name,
        "symbol": math(session.symbols.parameter(node, index)),
        **_ends(session, short, index),
        "value": plain(base[index]),
        "last_change": plain(change),
        "known": known,
        "gradient": None, "batch_gradient": None, "example": example,
        "sentence": NOT_YET, "batch_sentence": NOT_YET, "ladder": [], "check": None, "examples": None, "batch": None, "estimate": None,
    }  # fmt: skip
    if not started:
        return found
    if known:
        rows, own = session.batch_examples(), shares(session, node.id, index)
        found["batch_gradient"] = plain(session.gradients_arena.views[short][index])
        found["batch"] = added_up(session, own, penalty(session, node.id, index, own), found["batch_gradient"])
        found["examples"] = {"rows": rows, "gradients": plain(own), "mean": found["batch"]["mean"]} if len(rows) <= EXAMPLES else None
    followed = session.focus.follow(example)
    found["example"] = followed.example
    gradient = float(session.focus.gradients.views[short][index])
    estimate = session.focus.estimate(session.batch_examples() if followed.in_batch else [followed.example])
    found["ladder"] = [] if estimate else Ladder(session, followed).down_to(node.id, index)
    if known:
        found["gradient"] = plain(gradient)
        what = _what(session, node, index)
        found["sentence"] = _says(session, gradient, what)
        found["batch_sentence"] = _says(session, float(session.gradients_arena.views[short][index]), what, _mean_loss(session))
        found["estimate"] = estimate.told(place_of(session, short, index), followed.row) if estimate else None
        found["check"] = check(session, name, followed.example)
    return found


def _last_change(session: "Session", node: int, name: str) -> Array:
    """What the last update that reached a parameter changed in it: the present one, or the one before until the present one comes to it."""
    start, stop = session.parameters_arena.spans[name]
    place = session.position.instruction
    reached = place == 0 or any((node, "parameter") in instruction.computes for instruction in session.program.instructions[:place])
    change = session.parameters_arena.flat[start:stop] - session.update_start[start:stop] if reached else session.last_change[start:stop]
    return change.reshape(session.parameters_arena.views[name].shape)


def _what(session: "Session", node: "Node", index: tuple[int, ...]) -> str:
    """What a parameter's number is called in a sentence."""
    tape = session.program.tape
    return name_of(tape, node.id) if node.id in tape.names else "this bias" if len(index) == 1 else "this weight"


def _says(session: "Session", gradient: float, what: str, *loss: str) -> str:
    return GUESSED if estimated(session) else nudge(gradient, what, *loss, broken=session.computed_with.bug is not None)


def _mean_loss(session: "Session") -> str:
    """What the batch's gradient is the gradient of."""
    return "the batch's mean loss" + (" with its penalties" if session.computed_with.l1 or session.computed_with.l2 else "")


def _ends(session: "Session", short: str, index: tuple[int, ...]) -> dict[str, str | None]:
    link = next((link for link in session.graph()["links"] if short in (link["parameter"], link["bias"])), None)
    if link is None:
        return {"from": None, "to": None}
    columns = session.symbols.columns
    to = session.symbols.text(columns[link["to"]].post, index[-1])
    return {"from": session.symbols.text(columns[link["from"]].post, index[0]) if len(index) == 2 else None, "to": to}


def _op(session: "Session", number: int) -> dict[str, Any]:
    program = session.program
    if number >= len(program.instructions):
        raise UnknownName("op", number, f"0 to {len(program.instructions) - 1}")
    instruction = program.instructions[number]
    if instruction.step and instruction.phase == "update":
        moved = program.tape.nodes[instruction.computes[0][0]]
        return {"kind": "op", "instruction": number, "title": f"update: {moved.name}", "doc": instruction.step.doc, "formula": math(instruction.step.formula),
                "pull": None, "shapes": [{"name": moved.name, "shape": list(moved.shape)}],
                "sentence": f"{instruction.step.done[0].upper()}{instruction.step.done[1:]}."}  # fmt: skip
    if instruction.step:
        gradient = session.computed_with.gradient if estimated(session) else session.settings.gradient
        return {"kind": "op", "instruction": number, "title": f"{WORDS}: {instruction.step.short}", "doc": " ".join((type(gradient).__doc__ or "").split()),
                "formula": math(instruction.step.formula), "pull": None, "shapes": [{"name": "v", "shape": [session.parameter_count]}],
                "sentence": f"{instruction.step.done[0].upper()}{instruction.step.done[1:]}."}  # fmt: skip
    if instruction.node is None:
        line = session.update.lines[instruction.line or 0]
        shapes = [{"name": "w", "shape": [session.parameter_count]}]
        return {"kind": "op", "instruction": number, "title": f"update: {line.target}",
                "doc": " ".join((type(session.update.optimizer).__doc__ or "").split()),
                "formula": math(assignment(line.target, line.formula, session.update.symbols)), "pull": None, "shapes": shapes,
                "sentence": f"{line.says}."}  # fmt: skip
    node = program.tape.nodes[instruction.node]
    op = node.op
    assert op is not None
    pull = program.pull(node, instruction.wrt) if instruction.wrt else None
    shapes = [{"name": name, "shape": list(program.tape.nodes[source].shape)} for name, source in node.arguments().items()]
    said = done(session, instruction)
    return {
        "kind": "op",
        "instruction": number,
        "title": f"{_named(session, node)}: {op.name.replace('_', ' ')}" + (f", back to {instruction.wrt}" if pull else ""),
        "doc": op.doc,
        "formula": math(op_formula(op)),
        "pull": math(pull_formula(f"d{instruction.wrt}", pull.formula, elementwise=op.elementwise)) if pull else None,
        "shapes": [*shapes, {"name": "y", "shape": list(node.shape)}],
        "sentence": (said if node.id in program.tape.names else said[0].upper() + said[1:]) + ".",
    }


def _named(session: "Session", node: "Node") -> str:
    """Whose op a node is: the value's own name, or its layer's."""
    tape = session.program.tape
    return line_of(tape, node) if node.id in tape.names else label(session, node.layer)


def _step(session: "Session") -> dict[str, Any]:
    """The whole update as one step: the rule by which it is made, and what it does to the loss."""
    update = session.update
    done = session.position.instruction or (len(session.program.instructions) if session.position.update else 0)
    lines = []
    for number, line in update.spelled():
        steps = [i.index for i in session.program.instructions if i.phase == "update" and i.line == number]
        part = line in update.optimizer.parts
        lines.append(
            {
                "instruction": None if part else steps[-1],
                "formula": math(assignment(line.target, line.formula, update.symbols)),
                "says": line.says,
                "ran": all(step < done for step in steps),
                "current": not part and done - 1 in steps,
            }
        )
    doc = " ".join((type(update.optimizer).__doc__ or "").split())
    return {"kind": "step", "optimizer": update.optimizer.title, "doc": doc, "lines": lines, **delivery(session, curve=True)}

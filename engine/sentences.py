"""Where the program stands, what it has just done and what comes next, each in a few words."""

from math import isfinite
from typing import TYPE_CHECKING, Protocol

from engine import trace
from engine.instruction import Instruction
from engine.network import Network
from engine.program import Program
from engine.symbols import Symbols
from engine.tape import Node, step_of
from engine.update import Update
from engine.words import SUPERSCRIPTS

if TYPE_CHECKING:
    from engine.session import Session


class Told(Protocol):
    """What sentences are made of: a session, or an update told again beside it."""

    network: Network
    update: Update

    @property
    def program(self) -> Program: ...

    @property
    def symbols(self) -> Symbols: ...


def label(session: Told, layer: int | None) -> str:
    """A layer as the page calls it: its kind and its index in the spec."""
    if layer is None:
        return session.network.loss.title or session.network.loss.kind.replace("_", " ")
    return session.network.spec.task.label(session.network, layer)


def named(session: Told, node: Node) -> str:
    """What a value of a layer with several of them is called, such as the scores of an attention; empty where it needs no name."""
    if node.layer is None or not session.network.layers[node.layer].named:
        return ""
    return node.name.split(".", 1)[1] if node.role == "parameter" else node.name


def short(session: "Session", instruction: Instruction) -> str:
    """The few letters that fit into a cell of the program strip."""
    if instruction.step:
        return instruction.step.short
    if instruction.phase == "update":
        return session.update.lines[instruction.line or 0].target
    node = session.program.tape.nodes[instruction.node or 0]
    if node.id in session.program.tape.names:
        return trace.short(session.program.tape, node, instruction)
    each = session.program.turns[instruction.turn].each
    if instruction.phase == "backward" and instruction.wrt:
        if instruction.layer is None:
            loss = session.network.loss
            return "p − y" if node.id <= each and (loss.output == "logit" or loss.kind == "halved_squared_error") else f"∂{instruction.wrt}"
        target = session.program.tape.nodes[instruction.computes[0][0]]
        if named(session, node) and target.layer == node.layer:
            return f"∂{named(session, target).rpartition('.')[2]}"
        if node.op and node.op.elementwise:
            return node.op.name
        return "∂a" if instruction.wrt == "x" else f"∂{instruction.wrt}"
    if instruction.phase == "loss":
        if node.id == session.program.turns[instruction.turn].loss:
            return "mean"
        return session.network.loss.short if node.id <= each else "objective"
    plain = label(session, instruction.layer) if node.op and not node.op.elementwise else (node.op.name if node.op else "")
    return named(session, node) or plain


def done(session: "Session", instruction: Instruction) -> str:
    """What an instruction has done, as a sentence without its stop."""
    if instruction.step:
        return instruction.step.done
    node = session.program.tape.nodes[instruction.node] if instruction.node is not None else None
    where = label(session, instruction.layer)
    if instruction.phase == "update" or node is None or node.op is None:
        return f"the update: {session.update.lines[instruction.line or 0].says}"
    if node.id in session.program.tape.names:
        return trace.done(session.program.tape, node, instruction)
    if name := named(session, node):
        if instruction.phase == "forward":
            return f"{where} has its {name}"
        target = session.program.tape.nodes[instruction.computes[0][0]]
        return f"{where} has the gradient of its {named(session, target)}" if target.layer == node.layer else f"the gradient has passed back through {where}"
    if instruction.phase == "forward":
        return f"{where} has its weighted sums" if "W" in node.op.inputs else f"{where} has {_part(node) or 'its values'}"
    if instruction.phase == "loss":
        return "the loss is known" if node.id == session.program.turns[instruction.turn].loss else f"{where} has its terms"
    if learned := _learned(session, instruction):
        return f"{where} has its {learned} gradients"
    if node.id == session.program.turns[instruction.turn].loss:
        return "each example has its share of the loss"
    return f"the gradient has passed back through {where}"


def todo(session: Told, instruction: Instruction) -> str:
    """What an instruction will do, as an order without its stop."""
    if instruction.step:
        return instruction.step.todo
    symbols = session.symbols
    node = session.program.tape.nodes[instruction.node] if instruction.node is not None else None
    where = label(session, instruction.layer)
    if instruction.phase == "update" or node is None or node.op is None:
        return f"update the parameters: {session.update.lines[instruction.line or 0].says}"
    if node.id in session.program.tape.names:
        return trace.todo(session.program.tape, node, instruction)
    if node.id > session.program.turns[instruction.turn].loss:
        return f"{'carry the gradient back through' if instruction.wrt else 'work out'} the penalty on large weights"
    if name := named(session, node):
        if instruction.phase == "forward":
            return f"work out the {name} of {where}"
        target = session.program.tape.nodes[instruction.computes[0][0]]
        onto = f"to the {named(session, target)} of {where}" if target.layer == node.layer else f"to what {where} reads"
        return f"carry the gradient back from its {name} {onto}"
    if instruction.phase == "forward":
        if "W" in node.op.inputs:
            return f"weigh and add up the inputs of {where}"
        part = _part(node)
        return f"work out {part} of {where}" if part else f"apply {where} to each value" if node.op.elementwise else f"work out the values of {where}"
    if instruction.phase == "loss":
        return "take the mean over the batch" if node.id == session.program.turns[instruction.turn].loss else f"measure the miss by {where}"
    if learned := _learned(session, instruction):
        return f"work out how the loss depends on the {learned}{'es' if learned == 'bias' else 's'} of {where}"
    if node.id == session.program.turns[instruction.turn].loss:
        return "start back from the loss: each example's share is 1/n"
    if instruction.wrt == "h" and "U" in node.op.inputs:
        return f"carry the gradient back to the hidden state before this moment of {where}, through Uᵀ"
    if instruction.wrt == "x" and "W" in node.op.inputs:
        column = next((c for c in symbols.columns if node.inputs[0] in (c.post, c.wide)), None)
        name = symbols.column_text(column) if column else "its inputs"
        return f"carry the gradient back to {name}, through Wᵀ"
    return f"carry the gradient back through {where}, times its local slope"


def _part(node: Node) -> str:
    """A value of a recurrent layer by its name and time step; nothing elsewhere."""
    step = step_of(node)
    return f"“{node.name}” at time step {step[0] + 1}" if step else ""


def _learned(session: Told, instruction: Instruction) -> str:
    """What a pull gives the gradient of, where it is a weight or a bias of a layer."""
    target = session.program.tape.nodes[instruction.computes[0][0]]
    parts = {"W": "weight", "U": "weight", "b": "bias", "c": "bias"}
    return parts.get(instruction.wrt or "", "") if target.role == "parameter" and instruction.layer is not None else ""


def nudge(gradient: float, what: str, loss: str = "this example's loss", *, broken: bool = False) -> str:
    """What a gradient means for `what` it is the gradient of: how a loss moves with it; or would, if no bug had made it."""
    if not isfinite(gradient):
        return "The gradient is not a finite number here."
    if gradient == 0 and broken:
        return "A program with this bug would say that its gradient is exactly zero."
    if gradient == 0:
        return f"Its gradient is exactly zero: a small change of {what} does not move {loss}."
    step = f"{abs(gradient) * 0.01:.2g}"
    if "e" in step:
        mantissa, exponent = step.split("e")
        step = f"{mantissa} · 10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    raised = f"aise {what} by 0.01 and {loss} {'rises' if gradient > 0 else 'falls'} by about {step}"
    return f"A program with this bug would say: r{raised}. Whether that is so is checked below." if broken else f"R{raised}."


def sentences(session: "Session") -> dict[str, str]:
    """The status line: `sentence` where it stands and what was done, `next` what comes."""
    update, place = session.position
    instructions = session.program.instructions
    coming = instructions[place]
    following = todo(session, coming)
    following = following[0].upper() + following[1:] + "."
    if session.fault and session.position == session.fault.position:
        return {"sentence": f"Update {update} · stopped before op {place + 1} · {session.fault.brief}.", "next": "See it happen, or go back."}
    if session.diverged:
        return {"sentence": f"Update {update - (place == 0)} · a number is not finite any more. Go back to train on.", "next": following if place else ""}
    if place == 0:
        count = "update" if update == 1 else "updates"
        begin = f"{update:,} {count} done" if update else "Nothing is computed yet"
        return {"sentence": f"{begin}.", "next": following if update else f"Load the first batch; {following[0].lower()}{following[1:]}"}
    last = instructions[place - 1]
    phase = [instruction.index for instruction in instructions if instruction.phase == last.phase and instruction.turn == last.turn]
    what = done(session, last)
    turn = session.program.turns[last.turn].name
    stage = ("estimate" if last.step else last.phase) if not turn else f"{turn}, {last.phase}"
    return {"sentence": f"Update {update} · {stage}, op {last.index - phase[0] + 1} of {len(phase)} · {what}.", "next": following}

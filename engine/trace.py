"""The values of a formula in words: each has a name of its own, v₁, v₂ …, and a line that says how it is worked out, such as v₃ = tanh(v₂)."""

from typing import TYPE_CHECKING

from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.instruction import Instruction

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
BETWEEN = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷"}
FLAT = ("step", "round")
"""Functions without a slope."""
NONE = "That is no derivative, and the check says so."


def name(tape: Tape, number: int) -> str:
    """What a value is called: w₁, v₃, x, or the number that it is."""
    called = tape.names.get(number, tape.nodes[number].name)
    stem = called.rstrip("0123456789")
    return stem + called[len(stem) :].translate(SUBSCRIPTS) if number in tape.names else called


def right(tape: Tape, node: Node) -> str:
    """What a value is worked out as, by the names of what it reads."""
    assert node.op is not None
    read = [name(tape, source) for source in node.inputs]
    op = node.op.name
    if op in BETWEEN:
        return f"{read[0]} {BETWEEN[op]} {read[1]}"
    if op in ("square", "power"):
        power = "2" if op == "square" else f"{node.attributes['n']:g}".replace("-", "−")
        return f"{read[0]}^{power}" if op == "power" else f"{read[0]}²"
    if op == "negate":
        return f"−{read[0]}"
    return read[0] if op in ("spread", "column") else f"{op}({', '.join(read)})"


def line(tape: Tape, node: Node) -> str:
    """A value with how it is worked out."""
    shown = name(tape, node.id)
    return shown if node.op is not None and node.op.name in ("spread", "column") else f"{shown} = {right(tape, node)}"


def sign(node: Node) -> str:
    """An operation in a sign or a word."""
    assert node.op is not None
    more = {"square": "square", "power": "power", "negate": "minus", "spread": "copy", "column": "column"}
    return BETWEEN.get(node.op.name) or more.get(node.op.name, node.op.name)


def short(tape: Tape, node: Node, instruction: "Instruction") -> str:
    """The few letters of a cell."""
    if instruction.wrt is None:
        return name(tape, node.id)
    return f"∂{name(tape, node.arguments()[instruction.wrt])}"


def done(tape: Tape, node: Node, instruction: "Instruction") -> str:
    """What an instruction has done, as a sentence without its stop."""
    assert node.op is not None
    if instruction.wrt is None:
        return f"{name(tape, node.id)} is there for every example" if node.op.name in ("spread", "column") else f"{line(tape, node)} is known"
    target = name(tape, node.arguments()[instruction.wrt])
    if node.op.name == "spread":
        return f"{target} has its gradient: what the examples say of it, added up"
    if node.op.name in FLAT and not node.attributes["through"]:
        return f"{node.op.name} is flat, so the gradient stops here and {target} gets 0"
    how = " straight through, as if it were not there," if node.op.name in FLAT else ""
    added = "" if instruction.first else f", and is added to what {target} got on another path"
    return f"the gradient has passed back through {sign(node)}{how} to {target}{added}"


def todo(tape: Tape, node: Node, instruction: "Instruction") -> str:
    """What an instruction will do, as an order without its stop."""
    assert node.op is not None
    if instruction.wrt is None:
        return f"take {name(tape, node.id)} to every example" if node.op.name in ("spread", "column") else f"work out {line(tape, node)}"
    target = name(tape, node.arguments()[instruction.wrt])
    if node.op.name == "spread":
        return f"add up what the examples say of {target}"
    if node.op.name in FLAT and not node.attributes["through"]:
        return f"carry the gradient back through {node.op.name}, which is flat: its slope is 0, and nothing passes"
    if node.op.name in FLAT:
        return f"carry the gradient back straight through {node.op.name}, as if it were not there"
    added = "" if instruction.first else ", and add it to what came on another path"
    return f"carry the gradient back through {sign(node)} to {target}, times its local slope{added}"


def notes(tape: Tape) -> list[str]:
    """What there is to say of functions without a slope."""
    said = []
    for node in tape.nodes:
        if node.op is None or node.op.name not in FLAT:
            continue
        behind = _behind(tape, node)
        names = [name(tape, each.id) for each in tape.nodes if each.role == "parameter" and each.id in behind]
        if not names:
            continue
        subject = f"{line(tape, node)}: {node.op.name} is flat between its jumps, so its slope is 0"
        if node.attributes["through"]:
            said.append(f"{subject}. Straight-through is on: it is carried back as if {node.op.name} were not there. {NONE}")
        else:
            alone = [one for one in names if not _elsewhere(tape, one)]
            rest = f"{', '.join(alone)} cannot learn" if alone else f"{', '.join(names)} learn by their other paths only"
            said.append(f"{subject} and the gradient stops here: {rest}. Switch straight-through on to let it pass.")
    return said


def straight(tape: Tape) -> bool:
    """Whether gradients are carried straight through a function without a slope."""
    return any(node.attributes.get("through") for node in tape.nodes)


def _behind(tape: Tape, node: Node) -> set[int]:
    """The nodes that a node is worked out from."""
    found = {node.id}
    for each in reversed(tape.nodes[: node.id + 1]):
        if each.id in found:
            found |= set(each.inputs)
    return found


def _elsewhere(tape: Tape, parameter: str) -> bool:
    """Whether a parameter reaches the loss on a path without a flat function."""
    reached = {node.id for node in tape.nodes if node.role == "parameter" and name(tape, node.id) == parameter}
    for node in tape.nodes:
        if node.op and node.op.name not in FLAT and any(source in reached for source in node.inputs):
            reached.add(node.id)
    return tape.marks["each"] in reached

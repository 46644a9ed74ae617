"""Predict first: the one number that the next operation computes and that the learner is asked for, before it is computed.

It is a number of the followed example, on the way to what is pinned; where nothing is, the operation's first number. The loss and the
share of an example are the batch's, and the step of the update is that of the pinned parameter.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.arena import Arena
from engine.focus import Followed
from engine.formula import evaluate, math
from engine.graph import formula_of
from engine.instruction import Instruction
from engine.ladder import Ladder
from engine.op import Edge, Index, Pull
from engine.program import Program
from engine.rung import Asked, rung_of
from engine.sentences import todo
from engine.settings import locate
from engine.tape import Node

if TYPE_CHECKING:
    from engine.session import Session

PLACES = re.compile(r"\d{1,6}")
Along = dict[int, Index]


@dataclass(frozen=True)
class Question:
    """What is asked: `target` is the number's reference, `asked` what it is graded by."""

    target: str
    symbol: str
    text: str
    example: int | None
    instruction: Instruction
    asked: Asked


def question(session: "Session", pinned: str | None, example: int | None) -> Question | str:
    """The question of the next operation, or a sentence that says why there is none; raises UnknownName for an example that does not exist."""
    if session.fault:
        return "The next operation would make a number that is not finite."
    instruction = _next(session)
    if instruction.phase == "update" and instruction.step:
        return "The next operation moves a running statistic: there is nothing of a single weight to predict."
    if instruction.phase == "update":
        return _of_step(session, instruction, pinned)
    if instruction.step:
        return "The next operation belongs to an estimate from random directions, which nobody can predict."
    followed = _followed(session, example)
    tape = followed.program.tape
    if (instruction.node or 0) > tape.marks["loss"]:
        return "The next operation belongs to the penalties, which no example has a part in."
    node = tape.nodes[instruction.node or 0]
    if any(tape.nodes[source].role == "noise" for source in node.inputs):
        return "The next operation draws at random, which nobody can predict."
    if _mixed(session, instruction):
        return "The next operation takes the examples of the batch together, so there is nothing of one example to predict."
    if instruction.phase == "backward":
        return _of_gradient(session, instruction, node, followed, pinned)
    return _of_value(session, instruction, node, followed, pinned)


def describe(session: "Session", asked: Question | str) -> dict[str, Any]:
    """The question as JSON, without its answer."""
    if isinstance(asked, str):
        return {"question": None, "why": asked}
    words = todo(session, asked.instruction)
    shown = {"target": asked.target, "symbol": math(asked.symbol), "text": asked.text, "example": asked.example, "instruction": asked.instruction.index}
    formula = math(formula_of(session, asked.instruction))
    return {"question": {**shown, "todo": words[0].upper() + words[1:] + ".", "formula": formula}, "why": None}


def _next(session: "Session") -> Instruction:
    update, place = session.position
    return session.programs[len(session.batches.examples(update))].instructions[place]


def _mixed(session: "Session", instruction: Instruction) -> bool:
    """Whether what is computed adds up over the other examples too: by an op that mixes them, or in a parameter before one."""
    nodes = session.program.tape.nodes
    last = max((node.id for node in nodes if node.op and node.op.mixes), default=-1)
    here = nodes[instruction.node or 0]
    return bool(here.op and here.op.mixes) or (here.id <= last and any(what == "gradient" for _, what in instruction.computes))


def _followed(session: "Session", example: int | None) -> Followed:
    """The example in the update that the next operation belongs to: at its beginning, in a program of its own at the present parameters."""
    update, place = session.position
    if place:
        return session.focus.follow(example)
    chosen = session.data.numbered(int(session.batches.examples(update)[0]) if example is None else example)
    parameters = Arena(session.network.shapes, session.network.dtype)
    np.copyto(parameters.flat, session.parameters_arena.flat)
    program = Program(session.network.record(1), parameters)
    program.batch.views[0][...], program.batch.views[1][...] = session.data.rows_of([chosen])
    with np.errstate(all="ignore"):
        program.run(0, program.ends["loss"])
    return Followed(program, chosen, 0, in_batch=False)


def _of_value(session: "Session", instruction: Instruction, node: Node, followed: Followed, pinned: str | None) -> Question:
    tape = followed.program.tape
    if node.id == tape.marks["loss"]:
        batch = session.focus.follow(session.batch_examples()[0])
        rung = rung_of(batch.program, node, None, None, ())
        return Question(f"value:{node.id}", "<mi>L</mi>", "the loss of the batch", None, instruction, Asked(rung.value(), (rung,)))
    index = _along(session, followed, pinned).get(node.id) or (0,) * (len(node.shape) - 1)
    rung = rung_of(followed.program, node, None, followed.row, index)
    truth = float(followed.program.value(node.id)[(followed.row, *index)])
    text = "the loss of this example" if node.id == tape.marks["each"] else session.symbols.text(node.id, *index)
    return Question(f"value:{node.id}{_bracket(index)}", session.symbols.of(node.id, index), text, followed.example, instruction, Asked(truth, (rung,)))


def _of_gradient(session: "Session", instruction: Instruction, node: Node, followed: Followed, pinned: str | None) -> Question | str:
    program, tape, wrt = followed.program, followed.program.tape, instruction.wrt or ""
    target = tape.nodes[node.arguments()[wrt]]
    if node.id == tape.marks["loss"]:
        batch = session.focus.follow(session.batch_examples()[0])
        rung = rung_of(batch.program, node, wrt, None, (batch.row, 0))
        symbol = f"<mfrac><mrow><mo>∂</mo>{session.symbols.of(node.id, ())}</mrow><mrow><mo>∂</mo><msub><mi>L</mi><mn>1</mn></msub></mrow></mfrac>"
        return Question(f"cotangent:{target.id}", symbol, "the share of one example in the loss of the batch", None, instruction, Asked(rung.value(), (rung,)))
    makers = [(reader, name) for reader in tape.nodes[target.id + 1 : tape.marks["each"] + 1] for name in _reads(reader, target.id)]
    if (node, wrt) != min(makers, key=lambda maker: (maker[0].id, -list(maker[0].op.pulls).index(maker[1]) if maker[0].op else 0)):
        return "The next operation adds a part to a number that several operations make; it is asked for with the last of them."
    along = _along(session, followed, pinned)
    index = along.get(target.id) or (_parameter_place(program, node, wrt, target, along) if target.role == "parameter" else (0,) * (len(target.shape) - 1))
    rungs = tuple(rung_of(program, reader, name, followed.row, index) for reader, name in makers)
    array = program.cotangent(target.id)
    assert array is not None
    truth = float(array[index if target.role == "parameter" else (followed.row, *index)])
    name = f"gradient:{target.name}" if target.role == "parameter" else f"cotangent:{target.id}"
    of = f"{target.name}{_bracket(index)}" if target.role == "parameter" else session.symbols.text(target.id, *index)
    symbol = session.symbols.derivative(target.id, index)
    return Question(f"{name}{_bracket(index)}", symbol, f"the gradient at {of}", followed.example, instruction, Asked(truth, rungs))


def _of_step(session: "Session", instruction: Instruction, pinned: str | None) -> Question | str:
    """A line of the update at the pinned parameter, by its own formula on that parameter's numbers."""
    update = session.update
    line = update.lines[instruction.line or 0]
    if line.target in update.counters.views or line.target == "applied":
        return "The next operation prepares the step: there is nothing of a single weight to predict."
    mine = [node for node in session.program.tape.nodes if node.role == "parameter" and instruction.layer in (None, node.layer)]
    name, index = _pinned_parameter(session, pinned) or ("", ())
    if name not in [node.name for node in mine]:
        name, index = mine[0].name, (0,) * len(mine[0].shape)
    place = session.parameters_arena.spans[name][0] + int(np.ravel_multi_index(index, session.parameters_arena.views[name].shape))
    vectors = {"w": update.parameters, "g": update.applied, **update.slots.views, **update.vectors}
    numbers = {key: float(vector[place]) for key, vector in vectors.items()}
    numbers |= {key: float(each) for key, each in {**update.counters.views, **update.numbers}.items()}
    value = evaluate(line.formula, numbers)
    full = f"{name}{_bracket(index)}"
    node = next(node for node in mine if node.name == name)
    if line.target != "w":
        return Question(f"{line.target}:{full}", f"<mi>{line.target}</mi>", f"{line.target} of {full}", None, instruction, Asked(value))
    inputs = session.parameters_arena.views.get(f"{name.rsplit('.', 1)[0]}.W")
    times = inputs.size // node.shape[0] if name.endswith(".b") and inputs is not None else 1
    asked = Asked(value - numbers["w"] if name in update.trained else 0.0, times=times)
    symbol = f"<mrow><mi>Δ</mi>{session.symbols.parameter(node, index)}</mrow>"
    return Question(f"step:{full}", symbol, f"the step of {full}", None, instruction, asked)


def _along(session: "Session", followed: Followed, pinned: str | None) -> Along:
    """Which element of each node lies on the way from the loss to what is pinned, without the batch axis."""
    tape = followed.program.tape
    found: Along = {}
    parameter = _pinned_parameter(session, pinned)
    match = re.fullmatch(r"value:(\d{1,6})\[(\d{1,6}(?:,\d{1,6})*)\]", pinned or "")
    if parameter:
        node = next(node for node in tape.nodes if node.name == parameter[0] and node.role == "parameter")
        start, index = node, parameter[1]
        for reader in tape.nodes:
            if node.id in reader.inputs and reader.op and "x" in reader.op.inputs and reader.layer is not None and len(index) == 2:
                found |= _weighed(followed.program, reader, node.id, index)
    elif match and int(match[1]) < len(tape.nodes):
        start, index = tape.nodes[int(match[1])], tuple(map(int, match[2].split(",")))
        if start.role != "value" or len(index) != len(start.shape) - 1 or any(i >= n for i, n in zip(index, start.shape[1:], strict=True)):
            return {}
    else:
        return {}
    found[start.id] = index
    if followed.program.cotangents.views:
        for rung in Ladder(session, followed).down_to(start.id, index):
            kind, _, rest = rung["total"]["ref"].partition(":")
            if kind == "cotangent":
                number, *places = map(int, PLACES.findall(rest))
                found[number] = tuple(places)
    for column in session.symbols.columns:
        ends = [end for end in (column.pre, column.post) if end is not None]
        for end in ends:
            found.update({other: found[end] for other in ends if end in found and other not in found})
    return {number: index for number, index in found.items() if _fits(tape.nodes[number], index)}


def _weighed(program: Program, reader: Node, parameter: int, index: Index) -> Along:
    """What a number of a weight weighs at one reader, and the sum to which that goes."""
    name = next(name for name, source in reader.arguments().items() if source == parameter)
    link = _link(program.pull(reader, name), index, program.pulled(reader, name))
    if link is None:
        return {}
    read = {reader.arguments()[link.factor[0]]: link.factor[1][1:]} if link.factor else {}
    return {reader.id: link.out[1:], **read}


def _link(rule: Pull, index: Index, values: Mapping[str, Any]) -> Edge | None:
    """The first of the links of one number of an input."""
    return next(iter(rule.edges(index, values) if rule.edges else ()), None)


def _fits(node: Node, index: Index) -> bool:
    shape = node.shape if node.role == "parameter" else node.shape[1:]
    return len(index) == len(shape) and all(i < n for i, n in zip(index, shape, strict=True))


def _pinned_parameter(session: "Session", pinned: str | None) -> tuple[str, Index] | None:
    kind, _, name = (pinned or "").partition(":")
    if kind != "parameter":
        return None
    base, index = locate(session.parameters_arena, name)
    return (name.split("[")[0], index) if len(index) == base.ndim else None


def _parameter_place(program: Program, node: Node, name: str, target: Node, along: Along) -> Index:
    """The number of a parameter that joins what is on the way through an op, or its first."""
    rule, values, out = program.pull(node, name), program.pulled(node, name), along.get(node.id)
    for column in range(target.shape[-1]) if len(target.shape) <= 2 else ():
        link = _link(rule, (0, column)[-len(target.shape) :], values)
        if link and (out is None or link.out[-1] == out[-1]):
            read = along.get(node.arguments()[link.factor[0]]) if link.factor else None
            wanted = (*(read or (0,))[-1:], column)[-len(target.shape) :]
            return wanted if _fits(target, wanted) else (0,) * len(target.shape)
    return (0,) * len(target.shape)


def _reads(reader: Node, number: int) -> list[str]:
    return [name for name, source in reader.arguments().items() if source == number and reader.op and name in reader.op.pulls]


def _bracket(index: Index) -> str:
    return f"[{','.join(map(str, index))}]" if index else ""

"""One weight, one neuron or one op laid open: formulas with their numbers, as the page's inspector shows them."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.checks import check
from engine.errors import UnknownName
from engine.formula import math
from engine.graph import values as node_values
from engine.ladder import Ladder, curve, relation
from engine.plain import plain
from engine.sentences import done, label
from engine.settings import locate
from engine.typesetting import assignment, op_formula, pull_formula

if TYPE_CHECKING:
    from engine.session import Session

TERMS = 12
"""Terms of a sum that are shown; the rest is folded into one row with its sum."""
EXAMPLES = 128
"""Examples of a batch whose own gradients are worked out for the bars."""


def explain(session: "Session", target: str, example: int | None) -> dict[str, Any]:
    """`target` is `parameter:2.W[2,3]`, `value:4[3]` or `op:7`; raises UnknownName for anything else."""
    kind, _, rest = target.partition(":")
    if kind == "parameter":
        return _parameter(session, rest, example)
    if kind == "value" and (match := re.fullmatch(r"(\d{1,6})\[(\d{1,6})\]", rest)):
        return _neuron(session, int(match[1]), int(match[2]), example)
    if kind == "op" and re.fullmatch(r"\d{1,6}", rest):
        return _op(session, int(rest))
    raise UnknownName("target", target[:60], "parameter:<name>[<index>], value:<node>[<unit>], op:<instruction>")


def _parameter(session: "Session", name: str, example: int | None) -> dict[str, Any]:
    base, index = locate(session.parameters_arena, name)
    if not index:
        raise UnknownName("target", name, f"one number of it, such as {name}[{','.join('0' * base.ndim)}]")
    short = name.split("[")[0]
    node = next(n for n in session.program.tape.nodes if n.name == short and n.role == "parameter")
    started = session.position > (0, 0)
    at = max((i.index for i in session.program.instructions if (node.id, "gradient") in i.computes), default=None)
    place = session.position.instruction
    known = started and (place == 0 or (at is not None and at < place))
    start, stop = session.parameters_arena.spans[short]
    change = base[index] - session.update_start[start:stop].reshape(base.shape)[index]
    found: dict[str, Any] = {
        "kind": "parameter",
        "name": name,
        "symbol": math(session.symbols.parameter(node, index)),
        **_ends(session, short, index),
        "value": plain(base[index]),
        "last_change": plain(change),
        "known": known,
        "gradient": None, "batch_gradient": None, "example": example,
        "sentence": "Its gradient is not computed yet.", "ladder": [], "check": None, "examples": None,
    }  # fmt: skip
    if not started:
        return found
    found["batch_gradient"] = plain(session.gradients_arena.views[short][index]) if known else None
    found["examples"] = _examples(session, node.id, index) if known else None
    followed = session.focus.follow(example)
    found["example"] = followed.example
    gradient = float(session.focus.gradients.views[short][index])
    found["ladder"] = Ladder(session, followed).of_parameter(node.id, index)
    if known:
        found["gradient"] = plain(gradient)
        found["sentence"] = _nudge(gradient)
        found["check"] = check(session, name, followed.example)
    return found


def _ends(session: "Session", short: str, index: tuple[int, ...]) -> dict[str, str | None]:
    link = next((link for link in session.graph()["links"] if short in (link["parameter"], link["bias"])), None)
    if link is None:
        return {"from": None, "to": None}
    columns = session.symbols.columns
    to = session.symbols.text(columns[link["to"]].post, index[-1])
    return {"from": session.symbols.text(columns[link["from"]].post, index[0]) if len(index) == 2 else None, "to": to}


def _nudge(gradient: float) -> str:
    if not np.isfinite(gradient):
        return "The gradient is not a finite number here."
    if gradient == 0:
        return "Its gradient is exactly zero: a small change of this weight does not move this example's loss."
    step = f"{abs(gradient) * 0.01:.2g}"
    if "e" in step:
        mantissa, exponent = step.split("e")
        step = f"{mantissa} × 10^{int(exponent)}".replace("-", "−")
    return f"Raise this weight by 0.01 and this example's loss {'rises' if gradient > 0 else 'falls'} by about {step}."


def _examples(session: "Session", node: int, index: tuple[int, ...]) -> dict[str, Any] | None:
    """The gradient of this parameter for each example of the batch alone, through the scalar links of the ops that read it."""
    rows = session.batch_examples()
    if len(rows) > EXAMPLES:
        return None
    program = session.focus.each(rows)
    shares = np.zeros(len(rows))
    for reader in program.tape.nodes:
        for name, source in reader.arguments().items():
            dy = program.cotangent(reader.id)
            if source == node and reader.op and dy is not None and dy.ndim and reader.id <= program.tape.marks["each"]:
                edges = program.pull(reader, name).edges
                for edge in edges(index, program.pulled(reader, name)) if edges else ():
                    shares[edge.out[0]] += edge.local * float(dy[edge.out])
    return {"rows": rows, "gradients": plain(shares), "mean": plain(shares.mean())}


def _neuron(session: "Session", number: int, unit: int, example: int | None) -> dict[str, Any]:
    columns = session.symbols.columns
    column = next((c for c in columns if number in (c.pre, c.post)), None)
    if column is None or not 0 <= unit < column.units:
        raise UnknownName("neuron", f"{number}[{unit}]", [f"{c.post}[0…{c.units - 1}]" for c in columns])
    followed = session.focus.follow(example)
    program, row = followed.program, followed.row
    found: dict[str, Any] = {
        "kind": "neuron", "name": session.symbols.text(column.post, unit), "symbol": math(session.symbols.math(column.post, unit)),
        "node": column.post, "index": unit, "example": followed.example, "terms": [], "folded": None, "bias": None, "z": None, "a": None,
        "curve": None, "cotangent_z": None, "cotangent_a": None, "relation": "=", "known": node_values(session, column.post, None)["known"],
    }  # fmt: skip

    def tile(node: int, what: str = "value") -> dict[str, Any] | None:
        array = program.value(node) if what == "value" else program.cotangent(node)
        if array is None:
            return None
        symbol = session.symbols.of(node, (unit,)) if what == "value" else session.symbols.derivative(node, (unit,))
        return {"symbol": math(symbol), "value": plain(array[row, unit]), "ref": f"{what}:{node}[{unit}]"}

    found["a"] = tile(column.post)
    found["cotangent_a"] = tile(column.post, "cotangent")
    if column.pre is None or column.index == 0:
        found["sentence"] = f"Input {found['name']} of example {followed.example}."
        return found
    found["z"], found["cotangent_z"] = tile(column.pre), tile(column.pre, "cotangent")
    made = program.tape.nodes[column.pre]
    arguments = made.arguments()
    inputs, weights = program.value(arguments["x"])[row], program.value(arguments["W"])[:, unit]
    products = inputs * weights
    shown = sorted(np.argsort(-np.abs(products))[:TERMS]) if products.size > TERMS else range(products.size)
    weight_name = program.tape.nodes[arguments["W"]].name
    for i in shown:
        found["terms"].append(
            {
                "weight": {
                    "symbol": math(session.symbols.of(arguments["W"], (int(i), unit))),
                    "value": plain(weights[i]),
                    "ref": f"parameter:{weight_name}[{i},{unit}]",
                },
                "input": {"symbol": math(session.symbols.of(arguments["x"], (int(i),))), "value": plain(inputs[i]), "ref": f"value:{arguments['x']}[{i}]"},
                "product": plain(products[i]),
            }
        )
    if products.size > TERMS:
        found["folded"] = {"count": int(products.size - TERMS), "sum": plain(products.sum() - products[list(shown)].sum())}
    if "b" in arguments:
        bias = program.tape.nodes[arguments["b"]]
        found["bias"] = {
            "symbol": math(session.symbols.parameter(bias, (unit,))),
            "value": plain(program.value(bias.id)[unit]),
            "ref": f"parameter:{bias.name}[{unit}]",
        }
    total = products.sum() + (found["bias"]["value"] or 0.0 if found["bias"] else 0.0)
    found["relation"] = relation([term["product"] for term in found["terms"]] + [found["bias"]["value"] if found["bias"] else 0.0], total)
    if column.post != column.pre:
        post = program.tape.nodes[column.post]
        found["curve"] = curve(post, program.numbers(post), float(program.value(post.inputs[0])[row, unit]))
    else:
        found["a"] = found["cotangent_a"] = None
    found["sentence"] = f"{found['name']} adds up its weighted inputs{' and its bias' if found['bias'] else ''}" + (
        f", then applies {column.activation}." if found["a"] else "."
    )
    return found


def _op(session: "Session", number: int) -> dict[str, Any]:
    program = session.program
    if number >= len(program.instructions):
        raise UnknownName("op", number, f"0 to {len(program.instructions) - 1}")
    instruction = program.instructions[number]
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
        "title": f"{label(session, instruction.layer)}: {op.name.replace('_', ' ')}" + (f", back to {instruction.wrt}" if pull else ""),
        "doc": op.doc,
        "formula": math(op_formula(op)),
        "pull": math(pull_formula(f"d{instruction.wrt}", pull.formula, elementwise=op.elementwise)) if pull else None,
        "shapes": [*shapes, {"name": "y", "shape": list(node.shape)}],
        "sentence": said[0].upper() + said[1:] + ".",
    }

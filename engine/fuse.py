"""The list that training replays: the same numbers as the instructions one after the other, bit for bit, in fewer calls.

On small networks a step is mostly the price of calling NumPy. Four kinds of call can be spared without touching a bit:
a pull that reads nothing but a constant gives the same cotangent at every update, so it is done once; what the forward pass takes
out of the parameters, such as biases laid out in rows, is taken at once; where the slope of an activation is exact arithmetic
on its own value, such as 1 − y², the slopes of all such layers are worked out together; and all moments of a sequence are taken at once.
"""

import ast
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.adjacent import follows, stacked, stretches
from engine.formula import Call, compile_formula
from engine.formula.calls import Array
from engine.formula.parse import names, parse
from engine.moments import taken_at_once
from engine.op import Pull, local_formula
from engine.tape import Node

if TYPE_CHECKING:
    from engine.instruction import Instruction
    from engine.program import Program

SPARED = 5
"""Calls that a pull must share with its forward rule before they are looked at."""
SMALL = 4096
"""Elements up to which a call costs more than its arithmetic."""


def shared_slope(node: Node) -> str | None:
    """The slope that a node's pull multiplies by, where it is exact arithmetic on the node's own value; such nodes are kept side by side."""
    if node.op is None or not node.op.elementwise or len(node.op.pulls) != 1 or int(np.prod(node.shape)) > SMALL:
        return None
    pull = next(iter(node.op.pulls.values())).formula
    slope = local_formula(pull)
    tree = parse(slope)
    return slope if names(tree) == {"y"} and pull == f"dy * ({slope})" and _is_exact(tree) else None


def together(node: Node) -> str:
    """Values whose slopes are worked out together lie side by side: the slope that they share."""
    return shared_slope(node) or ""


def constant_pulls(program: "Program") -> list[int]:
    """The instructions that give the same numbers at every update: what is passed back from the loss before anything else is read."""
    constant = {program.root}
    found = []
    for instruction in program.instructions:
        node = program.tape.nodes[instruction.node] if instruction.node is not None else None
        if instruction.phase != "backward" or node is None or node.op is None or instruction.wrt is None:
            continue
        (into, what), *_ = instruction.computes
        if (
            node.id in constant
            and what == "cotangent"
            and instruction.first
            and _reads_only_dy(program.pull(node, instruction.wrt), instruction.wrt, elementwise=node.op.elementwise)
        ):
            constant.add(into)
            found.append(instruction.index)
    rewritten = {into for i in program.instructions if i.phase == "backward" and not i.first for into, _ in i.computes}
    return [index for index in found if program.instructions[index].computes[0][0] not in rewritten]


def fused(program: "Program") -> tuple[list[Call], list[Call]]:
    """The calls that an update needs once, when its buffers hold something else, and the calls of every update."""
    if len(program.turns) > 1:  # a turn reads the parameters that the one before it has changed
        return [], [call for instruction in program.instructions for call in instruction.calls]
    once = constant_pulls(program)
    kept = [instruction for instruction in program.instructions if instruction.index not in once]
    slopes = _slopes(program)
    at_once = taken_at_once(program)
    ahead = _gathered(program, [tuple(at_once.get(each.node or 0, each.calls)) for each in kept if each.phase in ("forward", "loss")])
    laid = _laid_out(kept)
    back = [
        call
        for instruction in kept
        if instruction.phase not in ("forward", "loss")
        for call in list(_with_slopes(program, instruction, slopes))[laid.get(instruction.index, 0) :]
    ]
    return [call for index in once for call in program.instructions[index].calls], ahead + [call for _, calls in slopes.values() for call in calls] + back


def _laid_out(instructions: "list[Instruction]") -> dict[int, int]:
    """How many of its first calls a pull can leave out, because the forward pass has made the very same and nothing has been written there since.

    So a convolution lays its windows out once for the filters' gradient too. Calls are held to be the same where they pass the same arrays.
    """
    ahead = {instruction.node: instruction for instruction in instructions if instruction.phase == "forward"}
    found: dict[int, int] = {}
    for place, pull in enumerate(instructions):
        made = ahead.get(pull.node)
        if pull.phase != "backward" or made is None:
            continue
        count = _alike(made.calls, pull.calls)
        if count < SPARED:
            continue
        laid = [array for call in pull.calls[:count] for array in _arrays(call)]
        between = made.calls[count:] + tuple(call for each in instructions[instructions.index(made) + 1 : place] for call in each.calls)
        if not any(np.may_share_memory(array, written) for call in between for written in _written(call) for array in laid):
            found[pull.index] = count
    return found


def _alike(first: tuple[Call, ...], second: tuple[Call, ...]) -> int:
    """How many calls two lists begin with alike: the same function over the same stretches of memory."""
    return next((place for place, (a, b) in enumerate(zip(first, second, strict=False)) if _told(a) != _told(b)), min(len(first), len(second)))


def _told(call: Call) -> tuple[object, ...]:
    function, arguments = call
    own = getattr(function, "__self__", None)
    name = (getattr(function, "__name__", ""), _memory(own)) if isinstance(own, np.ndarray) else function
    return (name, *(_memory(each) if isinstance(each, np.ndarray) else each for each in arguments))


def _memory(array: Array) -> tuple[object, ...]:
    return array.__array_interface__["data"][0], array.shape, array.strides, array.dtype.str


def _arrays(call: Call) -> list[Array]:
    """Every array that a call is given, with the one that its method belongs to."""
    function, arguments = call
    inner = getattr(function, "func", function)
    given = (getattr(inner, "__self__", None), *arguments, *getattr(function, "keywords", {}).values())
    return [each for each in given if isinstance(each, np.ndarray)]


def _written(call: Call) -> list[Array]:
    """What a call may write to: the target of a copy or a product, else everything that it is given."""
    function, arguments = call
    arrays = [each for each in arguments if isinstance(each, np.ndarray)]
    if function is np.copyto:
        return arrays[:1]
    if function is np.matmul or getattr(function, "__name__", "") == "dot":
        return arrays[-1:]
    if isinstance(function, np.ufunc) and len(arguments) > function.nin and all(isinstance(each, np.ndarray) for each in arguments):
        return list(arrays[function.nin :])
    return _arrays(call)


def _gathered(program: "Program", instructions: list[tuple[Call, ...]]) -> list[Call]:
    """The calls of these instructions with one take from the whole vector for all takes from parameters; each reader reads its part of what that gives.

    What several take alike, such as the bias at every moment of a sequence, is taken once.
    """
    flat = program.parameters.flat
    takes = [call for calls in instructions for call in calls if _takes_from(call, flat)]
    if len(takes) < 2:
        return [call for calls in instructions for call in calls]
    indices = {_what(call, flat): (np.asarray(call[1][0]) + _offset(flat, call[0])).reshape(-1) for call in takes}
    rows = np.zeros(sum(index.size for index in indices.values()), program.dtype)
    kept: list[Call] = [(flat.take, (np.concatenate(list(indices.values())), None, rows, "clip"))]
    starts = dict(zip(indices, np.cumsum([0, *(index.size for index in indices.values())]).tolist(), strict=False))
    for calls in instructions:
        standing: dict[int, Array] = {}
        for call in calls:
            function, arguments = call
            if _takes_from(call, flat):
                lent, start = np.asarray(arguments[2]), starts[_what(call, flat)]
                standing[id(arguments[2])] = rows[start : start + lent.size].reshape(lent.shape)
            else:
                kept.append((function, tuple(standing.get(id(argument), argument) for argument in arguments)))
    return kept


def _takes_from(call: Call, flat: Array) -> bool:
    return getattr(call[0], "__name__", "") == "take" and np.shares_memory(_owner(call[0]), flat)


def _what(call: Call, flat: Array) -> tuple[int, bytes]:
    """What a take takes: the same at every moment of a sequence, where it is then taken once."""
    return _offset(flat, call[0]), np.asarray(call[1][0]).tobytes()


def _offset(flat: Array, take: object) -> int:
    return int((_owner(take).__array_interface__["data"][0] - flat.__array_interface__["data"][0]) // flat.itemsize)


def _owner(method: object) -> Array:
    """The array that a bound method belongs to."""
    return np.asarray(getattr(method, "__self__", None))


Slopes = dict[int, tuple[Array, list[Call]]]
"""For each node its slopes; the calls that compute a whole group stand with the group's first node."""


def _slopes(program: "Program") -> Slopes:
    groups: dict[str, list[Node]] = {}
    for node in program.tape.nodes:
        slope = shared_slope(node)
        if slope and node.id in program.cotangents.views and _pulls_by(program, node, slope):
            groups.setdefault(slope, []).append(node)
    found: Slopes = {}
    for slope, nodes in groups.items():
        own = [node for node in nodes if node.id in program.values.spans]
        rows = (node for node in nodes if node.id not in program.values.spans)
        for run in (own, *stretches(rows, lambda run, node: follows(program.value(run[-1].id), program.value(node.id)))):
            if len(run) < 2:
                continue
            if run is own:
                start, stop = (edge(program.values.spans[node.id][side] for node in own) for side, edge in enumerate((min, max)))
                y = program.values.flat[start:stop]
                places = [slice(first - start, last - start) for first, last in (program.values.spans[node.id] for node in own)]
            else:
                y = stacked(program.value(run[0].id), len(run))
                places = [slice(place, place + 1) for place in range(len(run))]
            slopes = np.zeros(y.shape, program.dtype)
            program.lend.start()
            calls = list(compile_formula(slope, slopes, {"y": y}, program.lend.scratch))
            for node, place in zip(run, places, strict=True):
                found[node.id] = (slopes[place].reshape(node.shape), calls if node is run[0] else [])
    return found


def _pulls_by(program: "Program", node: Node, slope: str) -> bool:
    """Whether the program itself carries the gradient back by this slope."""
    return node.op is not None and all(program.pull(node, name).formula == f"dy * ({slope})" for name in node.op.pulls)


def _with_slopes(program: "Program", instruction: "Instruction", slopes: Slopes) -> Iterator[Call]:
    if instruction.phase != "backward" or instruction.node not in slopes:
        yield from instruction.calls
        return
    last = -1 if instruction.first else -2
    function, (dy, _, into) = instruction.calls[last]
    assert function is np.multiply and dy is program.cotangent(instruction.node)
    yield function, (dy, slopes[instruction.node][0], into)
    yield from instruction.calls[len(instruction.calls) + last + 1 :]


def _reads_only_dy(pull: Pull, wrt: str, *, elementwise: bool) -> bool:
    if elementwise:
        return names(parse(pull.formula)) <= {"dy"}
    return set(inspect.signature(pull.emit).parameters) <= {f"d{wrt}", "dy", "ones", "scratch"}


def _is_exact(tree: ast.expr) -> bool:
    """Whether every part is arithmetic that IEEE 754 rounds the same way wherever in an array it stands."""
    return not any(isinstance(part, ast.Call | ast.Compare) for part in ast.walk(tree))

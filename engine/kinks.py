"""Where the loss has a corner: the joints in the ops' own formulas, the side of each on which a value stands, and which of them are kinks.

A joint is where a formula passes from one rule to another: x = 0 in `maximum(x, 0)`, p = t in `abs(p - t)`. Some are smooth (Huber's are), so
each is tried: where the op's slope jumps from one side of it to the other, it is a kink.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.formula import Call, compile_formula, evaluate, names, parse
from engine.formula.calls import Array
from engine.lender import Lender
from engine.op import Index, Op
from engine.program import Program
from engine.tape import Node

HALVINGS = 80
JUMP = 1e-6
"""How much an op's slope must differ across a joint to make it a kink, against its size or 1."""
Place = tuple[int, Index]
"""The number of a joint, and the value's place in its array."""


@dataclass(frozen=True)
class Joint:
    """One joint of one node; `distance` is zero at it, below it negative and above it positive."""

    node: Node
    expression: str
    reads: Mapping[str, Array]
    distance: Array
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Look:
    """On which side of each joint every value stood after one forward pass, −1, 0 or 1, and copies of what the joints read."""

    sides: list[Array]
    values: list[dict[str, Array]]


@dataclass(frozen=True)
class Kink:
    """One value at a kink: the op that bends, its slopes below and above, the slope that backpropagation takes, and whether it stands exactly there."""

    node: Node
    place: Index
    below: float
    above: float
    taken: float
    exactly: bool


class Kinks:
    """The joints of a forward program, read from its buffers."""

    def __init__(self, program: Program) -> None:
        self.program = program
        lend = Lender(program.dtype)
        self.joints = [self._joint(node, text, lend) for node in program.tape.nodes if node.id in program.values.views and node.op for text in joints(node.op)]
        self._bends: dict[int, bool] = {}

    def look(self, *, full: bool = False) -> Look:
        """Where every value stands after the last forward pass; what is read is copied for joints not tried yet, or `full` for all."""
        with np.errstate(all="ignore"):
            for joint in self.joints:
                for function, arguments in joint.calls:
                    function(*arguments)
        wanted = [full or number not in self._bends for number in range(len(self.joints))]
        values = [{name: array.copy() for name, array in joint.reads.items()} if copied else {} for joint, copied in zip(self.joints, wanted, strict=True)]
        return Look([np.sign(joint.distance) for joint in self.joints], values)

    def crossed(self, low: Look, high: Look) -> set[Place]:
        """The values that pass a kink, or reach it, from one forward pass to another."""
        found: set[Place] = set()
        for number, (below, above) in enumerate(zip(low.sides, high.sides, strict=True)):
            passed = below != above
            if not passed.any():
                continue
            places = [tuple(place) for place in np.argwhere(passed).tolist()]
            if number not in self._bends:
                self._bends[number] = _differ(*self._slopes(number, places[0], low, high))
            if self._bends[number]:
                found.update((number, place) for place in places)
        return found

    def kink(self, place: Place, low: Look, middle: Look, high: Look) -> Kink:
        """One of those values, described; `middle` is the network as it stands."""
        number, at = place
        below, above = self._slopes(number, at, low, high)
        taken = self._slope(number, _numbers(middle.values[number], at))
        return Kink(self.joints[number].node, at, below, above, taken, bool(middle.sides[number][at] == 0))

    def _joint(self, node: Node, text: str, lend: Lender) -> Joint:
        values = {**self.program.arguments(node), **self.program.numbers(node)}
        shape = next(values[name].shape for name in sorted(names(parse(text))) if values[name].ndim)
        distance = np.zeros(shape, self.program.dtype)
        lend.start()
        return Joint(node, text, values, distance, tuple(compile_formula(text, distance, values, lend.scratch)))

    def _slopes(self, number: int, place: Index, low: Look, high: Look) -> tuple[float, float]:
        """The op's own slope just below and just above a joint, which is found by halving the way between two passes."""
        one, other = _numbers(low.values[number], place), _numbers(high.values[number], place)
        negative, positive = (one, other) if low.sides[number][place] < high.sides[number][place] else (other, one)
        for _ in range(HALVINGS):
            middle = _between(negative, positive)
            nearer = (middle, middle) if self._distance(number, middle) else (_between(negative, middle), _between(middle, positive))
            below, above = (self._distance(number, values) for values in nearer)
            if not (below < 0 or above > 0):
                break
            negative, positive = nearer[0] if below < 0 else negative, nearer[1] if above > 0 else positive
        return self._slope(number, negative), self._slope(number, positive)

    def _distance(self, number: int, values: Mapping[str, float]) -> float:
        return evaluate(self.joints[number].expression, values)

    def _slope(self, number: int, values: Mapping[str, float]) -> float:
        op = self.joints[number].node.op
        assert op is not None
        return evaluate(next(iter(op.pulls.values())).formula, {**values, "dy": 1.0})


def _differ(below: float, above: float) -> bool:
    return abs(above - below) > JUMP * max(abs(above), abs(below), 1.0)


def joints(op: Op) -> tuple[str, ...]:
    """The expressions that are zero where an op's formula passes from one rule to another; an op that is no formula names its own."""
    return tuple(dict.fromkeys(_expressions(parse(op.formula)))) if op.elementwise else op.joints


def _expressions(tree: ast.expr) -> list[str]:
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="maximum" | "minimum"), args=[left, right]) | ast.Compare(left=left, comparators=[right]):
                found.append(left if isinstance(right, ast.Constant) and right.value == 0 else ast.BinOp(left, ast.Sub(), right))
            case ast.Call(func=ast.Name(id="abs" | "sign"), args=[inner]):
                found.append(inner)
    return [text for text in map(ast.unparse, found) if names(parse(text))]


def _between(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: (one[name] + other[name]) / 2 for name in one}


def _numbers(values: Mapping[str, Array], place: Index) -> dict[str, float]:
    return {name: float(array[place] if array.ndim else array) for name, array in values.items()}

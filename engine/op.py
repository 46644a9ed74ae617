"""An op is a primitive of the engine: a forward rule, one pull-back rule per input, the formulas a reader sees, and its samples.

An elementwise op is its formulas. A contraction has hand-written rules beside the displayed formula, and a law test holds them together.
Rules do not compute: they emit the calls that will compute, once, into given buffers.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.formula import Call, compile_formula, evaluate
from engine.formula.calls import Array
from engine.lender import LENT, Lender

Shape = tuple[int, ...]
Index = tuple[int, ...]
Calls = Iterator[Call]
Rule = Callable[..., Calls]
Sample = tuple[tuple[Shape, ...], Mapping[str, Any]]
"""Shapes of the inputs, and the choices with which the op is applied to them."""


class Edge(NamedTuple):
    """One scalar link of the unrolled graph: from an element of an input to an element of the output."""

    out: Index
    local: float
    factor: tuple[str, Index] | None
    """The input element whose value the local derivative is, where it is one."""
    formula: str
    """What the local derivative is, in the formula language or as text."""


EdgeRule = Callable[..., Iterable[Edge]]
SlopeRule = Callable[[int, Mapping[str, Array]], Array | None]


@dataclass
class Pull:
    """How a cotangent of the output becomes one of an input; `numpy` as in an op. `slopes` are the numbers of `edges`, for all of one example at once."""

    formula: str
    emit: Rule
    edges: EdgeRule | None = None
    numpy: str = ""
    slopes: SlopeRule | None = None
    within: str = ""
    """Where only a part of the input gets anything, that part as an index, such as `..., start:stop`; `dy` itself is what it gets."""
    joins: bool = False
    """Whether the rule is a sum over rows, so that several uses laid one after the other are one use with more rows."""
    through: str = ""
    """The input that is a matrix whose transpose carries the gradient back, where a bug may carry it otherwise."""
    places: Callable[[int], list[int]] | None = None
    """For a matrix of so many columns where the sum of each stands, where that is not in their order."""


class Whole(NamedTuple):
    """How the gradients of several weights, the inputs of these `names`, follow from all uses of them by one product; `numpy` assigns them."""

    names: tuple[str, ...]
    emit: Rule
    numpy: str


@dataclass
class Op:
    """A primitive. `choices` are what is fixed when the op is recorded (a stride, a shape); `samples` are used by the law tests.

    `numpy` is the rule as lines of Python (engine/formula/source.py), with the same operations in the same order.
    """

    name: str
    doc: str
    inputs: tuple[str, ...]
    formula: str
    emit: Rule
    out_shape: Callable[..., Shape]
    samples: tuple[Sample, ...]
    attributes: dict[str, float] = field(default_factory=dict)
    pulls: dict[str, Pull] = field(default_factory=dict)
    elementwise: bool = False
    constants: tuple[str, ...] = ()
    choices: dict[str, Any] = field(default_factory=dict)
    joints: tuple[str, ...] = ()
    """Where an op that is no formula passes from one rule to another, each as an expression that is zero there."""
    numpy: str = ""
    mixes: bool = False
    """Whether an example's output reads other examples of the batch."""
    whole: Whole | None = None

    def pull(self, name: str, formula: str, **told: Any) -> Callable[[Rule], Rule]:
        """Register the rule that follows as the pull-back to the input `name`; `told` is what else a `Pull` says."""

        def register(rule: Rule) -> Rule:
            self.pulls[name] = Pull(formula, rule, **told)
            return rule

        return register

    def whole_gradient(self, *names: str, numpy: str) -> Callable[[Rule], Rule]:
        """Register the rule that follows as what gives the gradients of these inputs at once, x and h being kept abreast (engine/abreast.py)."""

        def register(rule: Rule) -> Rule:
            self.whole = Whole(names, rule, numpy)
            return rule

        return register

    def edges(self, name: str) -> Callable[[EdgeRule], EdgeRule]:
        """Register the rule that lists the scalar links of one element of the input `name`."""

        def register(rule: EdgeRule) -> EdgeRule:
            self.pulls[name].edges = rule
            return rule

        return register

    def slopes(self, name: str) -> Callable[[SlopeRule], SlopeRule]:
        """Register the rule that gives all local derivatives of one example, (elements of `name`, elements of the output); None where not all are linked."""

        def register(rule: SlopeRule) -> SlopeRule:
            self.pulls[name].slopes = rule
            return rule

        return register

    def __str__(self) -> str:
        return self.name


OPS: dict[str, Op] = {}


def op(
    formula: str,
    *,
    shape: Callable[..., Shape],
    samples: Sequence[tuple[Any, ...]],
    constants: tuple[str, ...] = (),
    choices: Mapping[str, Any] | None = None,
    numpy: str = "",
    **attributes: float,
) -> Callable[[Rule], Op]:
    """Make an op of a forward rule; the rule's parameters after `out` are its inputs, but for what is lent, attributes and choices.

    `shape` gets the inputs' shapes and the choices by name. A sample is the inputs' shapes, then choices as a mapping where they are not the op's own.
    """
    own = dict(choices or {})

    def build(rule: Rule) -> Op:
        reserved = {"out", *LENT, *attributes, *own}
        inputs = tuple(name for name in inspect.signature(rule).parameters if name not in reserved)
        said = inspect.cleandoc(rule.__doc__ or "")
        drawn = tuple(_sample(each) for each in samples)
        made = Op(rule.__name__, said, inputs, formula, rule, shape, drawn, attributes, constants=constants, choices=own, numpy=numpy)
        OPS[made.name] = made
        return made

    return build


def elementwise(
    name: str, *, y: str, samples: Sequence[Shape], doc: str, attributes: Mapping[str, float] | None = None, constants: tuple[str, ...] = (), **pulls: str
) -> Op:
    """Make an op of formulas: `y` the value, `d<input>` what is passed back to that input."""
    inputs = tuple(key[1:] for key in pulls) + constants
    own = dict(attributes or {})

    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        return compile_formula(y, out, values, scratch)

    made = Op(
        name,
        doc,
        inputs,
        y,
        emit,
        lambda *shapes: shapes[0],
        tuple(((shape,) * len(inputs), {}) for shape in samples),
        own,
        elementwise=True,
        constants=constants,
        numpy=y,
    )
    for key, formula in pulls.items():
        made.pulls[key[1:]] = elementwise_pull(formula)
    OPS[name] = made
    return made


def emit_forward(made: Op, out: Array, known: Mapping[str, Any], lend: Lender) -> list[Call]:
    """The calls of the forward rule; `known` has the inputs, the attributes and the choices."""
    return _bind(made.emit, {"out": out, **known}, lend)


def emit_pull(rule: Pull, name: str, into: Array, known: Mapping[str, Any], lend: Lender) -> list[Call]:
    """The calls that write the cotangent of input `name` into `into`; `known` has the inputs, the attributes, the choices, y and dy."""
    return _bind(rule.emit, {f"d{name}": into, "out": into, **known}, lend)


def part_of(array: Array, within: str, choices: Mapping[str, Any]) -> Array:
    """The part of an array that a pull gives something to, as a view; `within` is slices of choices, as in `Pull`."""
    index = [
        Ellipsis if each == "..." else slice(*(choices.get(bound) if bound else None for bound in each.split(":"))) if ":" in each else choices[each]
        for each in within.split(", ")
    ]
    return array[tuple(index)]


def emit_whole(whole: Whole, into: Mapping[str, Array], known: Mapping[str, Any], lend: Lender) -> list[Call]:
    """The calls that write the gradients of several weights, by name, from all uses of them; `known` is as for `emit_pull`."""
    return _bind(whole.emit, {**{f"d{name}": array for name, array in into.items()}, **known}, lend)


def _sample(given: tuple[Any, ...]) -> Sample:
    *shapes, last = given
    return (tuple(shapes), last) if isinstance(last, Mapping) else (given, {})


def _bind(rule: Rule, values: Mapping[str, Any], lend: Lender) -> list[Call]:
    """A rule's calls; it is given what it names, or every value where it takes them all."""
    lend.start()
    have: dict[str, Any] = {**values, "scratch": lend.scratch}
    asked = inspect.signature(rule).parameters.values()
    if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in asked):
        return list(rule(**have))
    have |= {"ones": lend.ones, "abreast": lend.abreast}
    return list(rule(**{each.name: have[each.name] for each in asked}))


def elementwise_pull(formula: str) -> Pull:
    """The rule of a pull-back that is a formula: its calls, and each element's link to its own place."""

    def emit(out: Array, scratch: Callable[..., Array], **values: Array) -> Calls:
        return compile_formula(formula, out, values, scratch)

    return Pull(formula, emit, _elementwise_edges(formula), formula)


def local_formula(pull: str) -> str:
    """The local derivative inside a pull-back: what multiplies the arriving cotangent `dy`."""
    if pull == "dy":
        return "1"
    if pull.startswith("dy * ") and pull.count("dy") == 1:
        rest = pull[len("dy * ") :]
        return rest[1:-1] if rest.startswith("(") and rest.endswith(")") and _one_group(rest) else rest
    return re.sub(r"\bdy\b", "1", pull)


def _one_group(text: str) -> bool:
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position == len(text) - 1
    return False


def _elementwise_edges(formula: str) -> EdgeRule:
    local = local_formula(formula)

    def edges(index: Index, values: Mapping[str, Array]) -> Iterable[Edge]:
        numbers = {name: float(array[index] if array.ndim else array) for name, array in values.items()}
        yield Edge(index, evaluate(formula, {**numbers, "dy": 1.0}), None, local)

    return edges

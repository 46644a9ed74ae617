"""One number of a program as a learner works it out by hand: from what it reads, by the rule that gives it, and by the rules that mistakes put in its place."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.formula.calls import Array
from engine.lender import Lender
from engine.op import Index, Pull, emit_forward, emit_pull
from engine.tape import Node, Tape

if TYPE_CHECKING:
    from engine.program import Program

Element = tuple[str, int, Index]
"""A number that the learner may have been asked for before: "value" or "cotangent", its node, and its place, without the batch axis."""


@dataclass(frozen=True)
class Rung:
    """A value, or the gradient carried back through `node` to its input `wrt`, at one `place` of an array.

    `known` is what the rule reads, for one example where `alone`; `sources` says of which node each name of it is.
    """

    tape: Tape
    node: Node
    wrt: str | None
    rule: Pull | None
    place: Index
    known: Mapping[str, Any]
    sources: Mapping[str, tuple[str, int]]
    alone: bool

    def value(self, rule: Pull | None = None) -> float:
        """The number; by another rule where one is given."""
        return float(self._made(rule or self.rule)[self.place])

    def given(self, instead: Mapping[Element, float]) -> "Rung":
        """The same with other numbers for some of those that it reads."""
        return replace(self, known={**self.known, **self._replaced(instead)})

    def links(self, rule: Pull | None = None) -> list[tuple[float, float]]:
        """The scalar links that a gradient comes through: what arrives, and the local derivative it is multiplied by."""
        rule = rule or self.rule
        if rule is None or rule.edges is None:
            return []
        dy = np.asarray(self.known["dy"])
        return [(float(dy[edge.out]), edge.local) for edge in rule.edges(self.place, self.known)]

    @cached_property
    def count(self) -> int:
        """Over how many numbers a mean is taken."""
        x = np.asarray(self.known["x"])
        return int(x.shape[-1] if self.alone else x.shape[0])

    @property
    def is_mean(self) -> bool:
        """Whether the op takes a mean, over the batch or over an example's outputs."""
        return self.node.op is not None and self.node.op.name in ("batch_mean", "row_mean")

    def _replaced(self, instead: Mapping[Element, float]) -> dict[str, Array]:
        found = {}
        for name, (what, number) in self.sources.items():
            mine = {index: value for (kind, node, index), value in instead.items() if (kind, node) == (what, number)}
            if mine:
                found[name] = np.array(self.known[name])
                for index, value in mine.items():
                    found[name][(0, *index) if self.alone else index] = value
        return found

    def _made(self, rule: Pull | None) -> Array:
        assert self.node.op is not None
        known = self.known
        arrays = [np.asarray(value) for value in known.values() if isinstance(value, np.ndarray)]
        lend = Lender(np.result_type(*arrays))
        if self.wrt is None or rule is None:
            shape = (1, *self.node.shape[1:]) if self.alone else self.node.shape
            out = np.zeros(shape, lend.dtype)
            calls = emit_forward(self.node.op, out, known, lend)
        else:
            out = np.zeros(np.shape(known[self.wrt]), lend.dtype)
            calls = emit_pull(rule, self.wrt, out, known, lend)
        with np.errstate(all="ignore"):
            for function, arguments in calls:
                function(*arguments)
        return out


@dataclass(frozen=True)
class Asked:
    """What a mistake is looked for in: a number and the rungs that add up to it; for the step of a bias, the number of weights beside it."""

    truth: float
    rungs: tuple[Rung, ...] = ()
    times: int = 1

    def given(self, instead: Mapping[Element, float]) -> "Asked":
        """The same with other numbers for some of those that it is made of."""
        rungs = tuple(rung.given(instead) for rung in self.rungs)
        return replace(self, truth=sum(rung.value() for rung in rungs), rungs=rungs) if rungs else self

    @property
    def rung(self) -> Rung | None:
        """The one rung, where the number has one alone."""
        return self.rungs[0] if len(self.rungs) == 1 else None


def rung_of(program: "Program", node: Node, wrt: str | None, row: int | None, index: Index) -> Rung:
    """The rung at one element, `index` without the batch axis: of the example in a `row` of the program, or of the batch where that is None."""
    alone = row is not None
    here = slice(row, (row or 0) + 1)
    known: dict[str, Any] = dict(program.pulled(node, wrt)) if wrt else {**program.arguments(node), **program.numbers(node), **node.choices}
    sources = {name: ("value", source) for name, source in node.arguments().items()}
    if wrt:
        sources |= {"y": ("value", node.id), "dy": ("cotangent", node.id)}
        dy = program.cotangent(node.id)
        known["dy"] = np.ones(()) if dy is None or not alone else dy
    for name, (_, source) in sources.items():
        if alone and program.tape.nodes[source].role != "parameter" and np.ndim(known[name]):
            known[name] = np.asarray(known[name])[here]
    target = program.tape.nodes[node.arguments()[wrt]] if wrt else node
    place = index if target.role == "parameter" or not target.shape else (0, *index) if alone else index
    return Rung(program.tape, node, wrt, program.pull(node, wrt) if wrt else None, place, known, sources, alone)

"""The network of one example as single numbers: every scalar link between the loss and one parameter, and what runs along them.

A path goes from the parameter to the loss over such links. How many there are, what they add up to, and which is strongest follow from one sweep
from the loss back, without walking any of them: counts are exact integers, sums are float64, strengths are log₂|product| and so never underflow.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.errors import TooLarge
from engine.focus import Followed
from engine.op import Index
from engine.tape import Node
from engine.turns import after, each_of

if TYPE_CHECKING:
    from engine.session import Session

Numbers = NDArray[np.float64]
NOTHING = float("-inf")
"""The strength of a product that is exactly 0."""


@dataclass(frozen=True)
class Links:
    """The links from elements of one node into one of its readers: `local` is (sources, outs) where each is linked to each, else a number a pair."""

    reader: int
    name: str
    sources: NDArray[np.intp]
    outs: NDArray[np.intp]
    local: Numbers

    @property
    def full(self) -> bool:
        return self.local.ndim == 2


@dataclass
class Ways:
    """What is known of all paths from the elements of one node to the loss, an entry an element."""

    count: list[int]
    alive: list[int]
    """How many of them have no factor that is exactly 0."""
    total: Numbers
    size: Numbers
    """The sum of the sizes of their products."""
    best: Numbers
    """log₂ of the largest size of a product."""


class Unrolled:
    """All links that lie on a way from a parameter's element to the loss of the followed example; raises TooLarge where there are more than `limit`.

    With `whole` the ways through the other examples of its batch are among them, which there are where an op mixes examples.
    """

    def __init__(self, session: "Session", followed: Followed, node: int, index: Index, limit: int, *, whole: bool = False) -> None:
        self.program, self.row = followed.program, followed.row
        self.first = 0 if whole else 1
        self.each = each_of(self.program.tape, node)
        self.target, self.index = node, index
        self.links: dict[int, list[Links]] = {}
        self.edges = 0
        reached: dict[int, NDArray[np.bool_]] = {node: np.ones(1, bool)}
        for made in (self.program.tape.nodes[node], *after(self.program.tape, node)[:-1]):
            if made.id in reached:
                self.links[made.id] = self._out_of(made, np.flatnonzero(reached[made.id]), limit)
                for link in self.links[made.id]:
                    reached.setdefault(link.reader, np.zeros(self.width(link.reader), bool))[link.outs] = True
        if self.edges > limit:
            name = f"{session.program.tape.nodes[node].name}[{','.join(map(str, index))}]"
            advice = "take a weight nearer to the loss, or make the layers narrower"
            raise TooLarge(f"The number of scalar links between the loss and {name}", self.edges, limit, advice)
        self.finite = all(bool(np.isfinite(link.local).all()) for links in self.links.values() for link in links)
        self.ways = self._sweep()

    def width(self, node: int) -> int:
        """How many numbers of one example, or of the whole batch, a node has."""
        return int(np.prod(self.program.tape.nodes[node].shape[self.first :]))

    def place(self, node: int, element: int) -> Index:
        """Where an element stands in its node's buffer."""
        if node == self.target:
            return self.index
        own = tuple(int(i) for i in np.unravel_index(element, self.program.tape.nodes[node].shape[self.first :]))
        return (self.row, *own) if self.first else own

    def _out_of(self, made: Node, sources: NDArray[np.intp], limit: int) -> list[Links]:
        """The links out of some elements of a node; beyond the limit they are counted, and not made."""
        found = []
        for reader in after(self.program.tape, made.id):
            for name, source in reader.arguments().items():
                if source != made.id or reader.op is None or name not in reader.op.pulls:
                    continue
                rule, values, outs = self.program.pull(reader, name), self.program.pulled(reader, name), np.arange(self.width(reader.id))
                slopes = rule.slopes(self.row, values) if rule.slopes and self.first and made.role != "parameter" else None
                if slopes is not None:
                    self.edges += sources.size * outs.size
                    found.append(Links(reader.id, name, sources, outs, np.asarray(slopes[sources], np.float64) if self.edges <= limit else slopes[:0]))
                else:
                    pairs = [
                        (int(element), int(np.ravel_multi_index(edge.out[self.first :], reader.shape[self.first :])), edge.local)
                        for element in sources
                        for edge in (rule.edges(self.place(made.id, int(element)), values) if rule.edges else ())
                        if not self.first or edge.out[:1] == (self.row,)
                    ]
                    self.edges += len(pairs)
                    if pairs:
                        first, last, local = (np.array(part) for part in zip(*pairs, strict=True))
                        found.append(Links(reader.id, name, first.astype(np.intp), last.astype(np.intp), local.astype(np.float64)))
        return found

    def _sweep(self) -> dict[int, Ways]:
        """From the loss back to the parameter, each node after all of its readers."""
        found: dict[int, Ways] = defaultdict(lambda: _blank(0))
        found[self.each] = Ways([1], [1], np.ones(1), np.ones(1), np.zeros(1)) if self.first else _only(self.width(self.each), self.row)
        with np.errstate(all="ignore"):
            for node in sorted(self.links, reverse=True):
                found[node] = here = _blank(1 if node == self.target else self.width(node))
                for link in self.links[node]:
                    _carry(here, link, found[link.reader])
        return dict(found)


def _blank(width: int) -> Ways:
    return Ways([0] * width, [0] * width, np.zeros(width), np.zeros(width), np.full(width, NOTHING))


def _only(width: int, row: int) -> Ways:
    """The losses of a batch, of which only one is asked for."""
    found = _blank(width)
    found.count[row] = found.alive[row] = 1
    found.total[row] = found.size[row] = 1
    found.best[row] = 0
    return found


def _carry(here: Ways, link: Links, beyond: Ways) -> None:
    """Add to what is known of a node's elements what goes on through one of its readers."""
    strength = np.log2(np.abs(link.local))
    if link.full:
        here.total[link.sources] += link.local @ beyond.total
        here.size[link.sources] += np.abs(link.local) @ beyond.size
        here.best[link.sources] = np.maximum(here.best[link.sources], (strength + beyond.best).max(axis=1))
        whole, living = sum(beyond.count), sum(beyond.alive)
        for source, row in zip(link.sources.tolist(), link.local != 0, strict=True):
            here.count[source] += whole
            here.alive[source] += living if row.all() else sum(beyond.alive[out] for out in np.flatnonzero(row).tolist())
        return
    np.add.at(here.total, link.sources, link.local * beyond.total[link.outs])
    np.add.at(here.size, link.sources, np.abs(link.local) * beyond.size[link.outs])
    np.maximum.at(here.best, link.sources, strength + beyond.best[link.outs])
    for source, out, local in zip(link.sources.tolist(), link.outs.tolist(), link.local.tolist(), strict=True):
        here.count[source] += beyond.count[out]
        here.alive[source] += beyond.alive[out] if local else 0

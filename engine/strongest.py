"""The k strongest paths, exactly, without walking the others.

Each element keeps its paths in order and works out the next one only when it is asked for: the next best of one of its links
(Jiménez and Marzal 1999, "Computing the k shortest paths"). Paths whose product is exactly 0 come last.
"""

from heapq import heapify, heappop, heappush
from math import log2
from typing import NamedTuple

import numpy as np

from engine.unrolled import NOTHING, Unrolled

Place = tuple[int, int]
"""A node and an element of it."""


class Step(NamedTuple):
    """One link of a path: out of element `source` of `node`, as input `name` of `reader`, into its element `out`."""

    node: int
    source: int
    reader: int
    name: str
    out: int
    local: float


class _Way(NamedTuple):
    """A path from an element on, the strongest first in order: its first step, and which of the next element's paths it goes on with."""

    weakness: float
    reader: int
    out: int
    rank: int
    step: Step


class _Queue:
    """The paths out of one element: those found, in order, and those of which one is next."""

    def __init__(self, waiting: list[_Way]) -> None:
        heapify(waiting)
        self.found: list[_Way] = []
        self.waiting = waiting
        self.last: _Way | None = None
        """The path found last, while the one after it on the same link is not among the waiting yet."""

    def has(self, rank: int) -> bool:
        return len(self.found) > rank

    def settled(self, rank: int) -> bool:
        """Whether it is known which path has this rank, or that there is none."""
        return self.has(rank) or (not self.waiting and not self.last)


class Strongest:
    """Gives the paths of an unrolled network in the order of |product|, the largest first."""

    def __init__(self, unrolled: Unrolled, most: int) -> None:
        self.unrolled = unrolled
        self.most = most
        self._queues: dict[Place, _Queue] = {}

    def paths(self) -> list[list[Step]]:
        """At most `most` paths, each from the parameter to the loss."""
        count = self.unrolled.ways[self.unrolled.target].count[0]
        return [self._walk(rank) for rank in range(min(self.most, count))]

    def _walk(self, rank: int) -> list[Step]:
        place, steps = (self.unrolled.target, 0), []
        while place[0] != self.unrolled.each:
            self._settle(place, rank)
            way = self._queue(place).found[rank]
            steps.append(way.step)
            place, rank = (way.reader, way.out), way.rank
        return steps

    def _settle(self, place: Place, rank: int) -> None:
        """Find paths out of an element until its path of this rank is known. A stack of our own: a path may have a thousand links."""
        wanted = [(place, rank)]
        while wanted:
            place, rank = wanted[-1]
            queue = self._queue(place)
            if queue.settled(rank):
                wanted.pop()
            elif queue.last is None:
                queue.last = heappop(queue.waiting)
                queue.found.append(queue.last)
            elif queue.last.reader == self.unrolled.each:
                queue.last = None
            else:
                beyond, after = (queue.last.reader, queue.last.out), queue.last.rank + 1
                if not self._queue(beyond).settled(after):
                    wanted.append((beyond, after))
                    continue
                if self._queue(beyond).has(after):
                    weakness = self._queue(beyond).found[after].weakness - _log(queue.last.step.local)
                    heappush(queue.waiting, queue.last._replace(weakness=weakness, rank=after))
                queue.last = None

    def _queue(self, place: Place) -> _Queue:
        if place not in self._queues:
            self._queues[place] = _Queue(self._first(place))
        return self._queues[place]

    def _first(self, place: Place) -> list[_Way]:
        """The best path of each link out of an element; of many links only those that can be among the asked for."""
        node, source = place
        found = []
        for link in self.unrolled.links[node]:
            beyond = self.unrolled.ways[link.reader]
            if link.full:
                local, outs = link.local[int(np.searchsorted(link.sources, source))], link.outs
            else:
                mine = link.sources == source
                local, outs = link.local[mine], link.outs[mine]
            with np.errstate(divide="ignore"):
                strength = np.log2(np.abs(local)) + beyond.best[outs]
            chosen = np.argpartition(-strength, self.most - 1)[: self.most] if strength.size > self.most else np.arange(strength.size)
            for at in chosen.tolist():
                out = int(outs[at])
                if beyond.count[out]:
                    found.append(_Way(-float(strength[at]), link.reader, out, 0, Step(node, source, link.reader, link.name, out, float(local[at]))))
        return found


def _log(local: float) -> float:
    return log2(abs(local)) if local else NOTHING

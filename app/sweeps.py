"""Sweeps under way and done: kept in memory, a bounded number for each visitor and for all together, each cell as it comes."""

import asyncio
import logging
import secrets
from collections.abc import Iterator
from time import monotonic
from typing import Any, Literal

from app.keys import fingerprint
from app.problems import Problem
from app.settings import Limits
from app.workers import Workers
from engine import Cell, Sweep, measured

UNKNOWN = "There is no sweep of that id, or it is not yours; begin one with POST /api/sweeps."
log = logging.getLogger("app")


class Sweeping:
    """One sweep. Its cells are begun in the order of the grid, as many at once as the workers can take, and kept as they come."""

    def __init__(self, sweep: Sweep, cells: tuple[Cell, ...], owner: str, workers: Workers) -> None:
        self.id = secrets.token_urlsafe(16)
        self.owner = owner
        self.sweep = sweep
        self.cells = cells
        self.found: list[dict[str, Any]] = []
        self.state: Literal["running", "done", "cancelled", "failed"] = "running"
        self.said: str | None = None
        self.used = monotonic()
        self._workers = workers
        self._task = asyncio.create_task(self._run())

    def cancel(self) -> None:
        """Begin no further cell; what has come is kept."""
        if self.state == "running":
            self.state = "cancelled"
        self._task.cancel()

    def json(self, since: int = 0) -> dict[str, Any]:
        """How far it is, with the cells that came after the first `since`."""
        progress = {"id": self.id, "state": self.state, "said": self.said, "done": len(self.found), "of": len(self.cells)}
        return {**progress, "sweep": self.sweep.model_dump(mode="json"), "cells": self.found[since:]}

    async def _run(self) -> None:
        waiting = iter(enumerate(self.cells))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(await self._workers.width(), len(self.cells))):
                    group.create_task(self._line(waiting))
            self.state = "done"
        except* Problem as problems:
            first = problems.exceptions[0]
            self.state, self.said = "failed", first.detail if isinstance(first, Problem) else None
        except* Exception:
            log.exception("A sweep failed.")
            self.state, self.said = "failed", "The server made a mistake in this sweep; what has come until then is kept."

    async def _line(self, waiting: Iterator[tuple[int, Cell]]) -> None:
        """Take the next cell as soon as the last one is done."""
        for place, cell in waiting:
            line = await self._workers.run(measured, cell)
            self.found.append({"cell": place, **line})


class Sweeps:
    """The sweeps of this server's visitors."""

    def __init__(self, limits: Limits, workers: Workers) -> None:
        self.limits = limits
        self.workers = workers
        self._sweeps: dict[str, Sweeping] = {}

    def begin(self, sweep: Sweep, visitor: str) -> Sweeping:
        """Begin a sweep; the oldest that are over make room. Raises TooLarge, or a 429 problem where too many are under way."""
        cells = sweep.cells(self.limits.cells)
        owner = fingerprint(visitor)
        mine = self.of(owner)
        over = [each for each in mine if each.state != "running"][:1] if len(mine) >= self.limits.sweeps else []
        if len(mine) - len(over) >= self.limits.sweeps:
            raise Problem(429, _full(len(mine), self.limits.sweeps), {"retry-after": "10"})
        going = sum(each.state == "running" for each in self._sweeps.values())
        if going >= self.limits.sweeps_running:
            raise Problem(
                429, f"{going} sweeps are under way on this server, and {self.limits.sweeps_running} may be; begin yours later.", {"retry-after": "30"}
            )
        others = [each for each in self._sweeps.values() if each.state != "running" and each not in over]
        kept = sum(len(each.cells) for each in self._sweeps.values() if each not in over)
        while kept + len(cells) > self.limits.cells_in_all:
            if not others:
                says = f"The sweeps under way on this server have {kept:,} cells, and {self.limits.cells_in_all:,} are allowed; begin yours later."
                raise Problem(429, says, {"retry-after": "30"})
            over.append(others.pop(0))
            kept -= len(over[-1].cells)
        for each in over:
            del self._sweeps[each.id]
        made = Sweeping(sweep, cells, owner, self.workers)
        self._sweeps[made.id] = made
        return made

    def of(self, owner: str) -> list[Sweeping]:
        """A visitor's sweeps, the oldest first."""
        self._expire()
        return [each for each in self._sweeps.values() if each.owner == owner]

    def find(self, sweep_id: str, visitor: str) -> Sweeping:
        """A visitor's own sweep; 404 for every other."""
        self._expire()
        found = self._sweeps.get(sweep_id)
        if found is None or found.owner != fingerprint(visitor):
            raise Problem(404, UNKNOWN)
        found.used = monotonic()
        return found

    def _expire(self) -> None:
        """Forget what is over and was not looked at for as long as sessions are kept."""
        since = monotonic() - 3600 * self.limits.kept_hours
        for each in [each for each in self._sweeps.values() if each.state != "running" and each.used < since]:
            del self._sweeps[each.id]

    def close(self) -> None:
        """Cancel all of them."""
        for each in self._sweeps.values():
            each.cancel()


def _full(under_way: int, allowed: int) -> str:
    have = f"You have {under_way} sweep{'' if under_way == 1 else 's'} under way, and {allowed} {'is' if allowed == 1 else 'are'} allowed"
    return (
        f"{have}; cancel {'it' if under_way == 1 else 'one'}, or wait until {'it' if under_way == 1 else 'one'} is done."
        if under_way
        else f"{have} on this server."
    )

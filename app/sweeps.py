"""Sweeps under way and done: kept in memory, a bounded number for each visitor, each cell as it comes."""

import asyncio
import logging
import secrets
from collections.abc import Iterator
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
        """Begin a sweep; the oldest one that is over makes room. Raises TooLarge, or a 429 problem where all of a visitor's are under way."""
        cells = sweep.cells(self.limits.cells)
        owner = fingerprint(visitor)
        mine = self.of(owner)
        if len(mine) >= self.limits.sweeps:
            over = [each for each in mine if each.state != "running"]
            if not over:
                raise Problem(429, _full(len(mine), self.limits.sweeps), {"retry-after": "10"})
            del self._sweeps[over[0].id]
        made = Sweeping(sweep, cells, owner, self.workers)
        self._sweeps[made.id] = made
        return made

    def of(self, owner: str) -> list[Sweeping]:
        """A visitor's sweeps, the oldest first."""
        return [each for each in self._sweeps.values() if each.owner == owner]

    def find(self, sweep_id: str, visitor: str) -> Sweeping:
        """A visitor's own sweep; 404 for every other."""
        found = self._sweeps.get(sweep_id)
        if found is None or found.owner != fingerprint(visitor):
            raise Problem(404, UNKNOWN)
        return found

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

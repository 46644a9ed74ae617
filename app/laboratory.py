"""The laboratory of this server: trials and sweeps, away from the compute thread."""

import asyncio

from app.problems import Problem
from app.settings import Settings
from app.sweeps import Sweeps
from app.workers import Workers
from app.workers.cluster import Cluster
from app.workers.processes import Processes
from engine import AnyRemedy, Outcome, Pathology, TooLarge, trial


class Laboratory:
    """Its workers, and what they have been given to do."""

    def __init__(self, settings: Settings) -> None:
        self.limits = settings.limits
        self.workers: Workers = Cluster(settings.dask) if settings.dask else Processes(settings.processes)
        self.sweeps = Sweeps(settings.limits, self.workers)
        self._waiting = 0

    async def trials(self, pathology: Pathology, treatments: list[tuple[AnyRemedy, ...]], updates: int) -> list[Outcome]:
        """A trial of each treatment, in their order; raises TooLarge, SpecError, or a 429 problem where too many wait already."""
        self.check(updates)
        if len(treatments) > self.limits.treatments:
            raise TooLarge("The number of trials in one call", len(treatments), self.limits.treatments, "compare fewer treatments at once")
        if self._waiting + len(treatments) > self.limits.trials:
            raise Problem(429, f"{self._waiting} trials already wait here, and {self.limits.trials} may; ask again in a moment.", {"retry-after": "5"})
        self._waiting += len(treatments)
        try:
            return await asyncio.gather(*(self.workers.run(trial, pathology, treatment, updates) for treatment in treatments))
        finally:
            self._waiting -= len(treatments)

    def check(self, updates: int) -> None:
        """Refuse a trial that is too long; raises TooLarge."""
        if updates > self.limits.trial_updates:
            raise TooLarge("The number of updates in a trial", updates, self.limits.trial_updates, "train for fewer updates")

    def close(self) -> None:
        """Cancel everything, and end the workers that were started here."""
        self.sweeps.close()
        self.workers.close()

"""Who does the work that would hold up the compute thread: processes of this machine, or a Dask cluster by its address. Both give the same numbers."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

Answer = TypeVar("Answer")
TRIES = 3
"""How often a job is begun before it is given up: a worker that dies takes its jobs with it, and they are done again by another."""


class Workers(Protocol):
    """Runs functions of plain values elsewhere. A function's own error comes back as it is."""

    async def width(self) -> int:
        """How many jobs it is worth to have under way at once."""

    async def run(self, job: Callable[..., Answer], *arguments: Any) -> Answer:
        """What the job answers; raises a 503 problem where nobody can be found to do it. Who is cancelled while waiting gives the job up."""

    def close(self) -> None:
        """End every worker that was started here."""

"""Workers of a Dask cluster, by the address of its scheduler. They need this project's `engine` and the same versions of its packages."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from app.problems import Problem
from app.workers import TRIES, Answer

PATIENCE = 5.0
"""Seconds in which the scheduler must answer."""
MISSING = (
    "This server is to use a Dask cluster, and the environment that it runs in has no Dask. "
    'Where it was started by `dev.py serve`, run .venv/bin/python -m pip install "dask[distributed]" and start it again; the container image has none. '
    "Without --dask it uses processes of its own."
)
"""What to do where Dask is not installed."""
STRANGE = (
    "The Dask cluster at {} does not know this project or its packages. Start its scheduler and each worker in a folder of this project, with PYTHONPATH=. "
    "and from an environment with the same packages; docs/laboratory.md has the lines."
)
"""What to do where a machine of the cluster lacks what a trial is made of."""


class Cluster:
    """A client of a scheduler, made when first needed; a worker that dies is the scheduler's to make good, and it does."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Any = None
        self._lock = threading.Lock()

    async def width(self) -> int:
        """Two jobs for each thread of the cluster, so that none waits for the next."""
        threads = await asyncio.to_thread(lambda: sum(self._connected().nthreads().values()))
        return max(2, 2 * int(threads))

    async def run(self, job: Callable[..., Answer], *arguments: Any) -> Answer:
        """What the job answers; the scheduler gives it to another worker where the first has died."""
        client = await asyncio.to_thread(self._connected)
        future = client.get_executor(pure=False, retries=TRIES - 1).submit(job, *arguments)
        try:
            answer: Answer = await asyncio.wrap_future(future)
            return answer
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            raise Problem(503, f"The Dask scheduler at {self.address} was lost on the way; begin this again when it is back.") from None
        except Exception as error:
            if type(error).__name__ == "KilledWorker":
                raise Problem(503, f"{TRIES} workers of the Dask cluster died of this job; ask for less at once, or give them more memory.") from None
            if isinstance(error, ImportError) or "deserialization" in str(error):
                raise Problem(503, STRANGE.format(self.address)) from None
            raise

    def close(self) -> None:
        """Leave the cluster; it goes on without us."""
        with self._lock:
            client, self._client = self._client, None
        if client:
            client.close(timeout=PATIENCE)

    def _connected(self) -> Any:
        try:
            from distributed import Client

            connect: Any = Client
        except ImportError:
            raise Problem(503, MISSING) from None
        with self._lock:
            if self._client is None:
                try:
                    self._client = connect(self.address, timeout=PATIENCE, set_as_default=False)
                except OSError:
                    said = f"The Dask scheduler at {self.address} does not answer. Start it with `dask scheduler`, or start this server without --dask."
                    raise Problem(503, said) from None
            return self._client

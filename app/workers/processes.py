"""Workers of this machine: a pool of processes, begun when first needed and begun anew when one of them dies."""

import asyncio
import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from app.problems import Problem
from app.workers import TRIES, Answer
from app.workers.begin import begin

GONE = f"The processes that do this work died {TRIES} times in a row. Ask for less at once, or look at how much memory the server has."


class Processes:
    """A bounded number of processes, each with one thread, behind the server in the queue for the processor.

    The pool is given no more jobs than it has processes. The others wait here, where one that is given up leaves nothing behind: a pool that loses a process
    while it holds a job that was cancelled loses its own thread too, and with it everybody who waits (Python 3.11).
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._room = asyncio.Semaphore(count)
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False
        self._lock = threading.Lock()

    async def width(self) -> int:
        """As many as there are processes."""
        return self.count

    async def run(self, job: Callable[..., Answer], *arguments: Any) -> Answer:
        """What the job answers, begun again in another process where the first has died."""
        loop = asyncio.get_running_loop()

        def done(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(self._room.release)

        for _ in range(TRIES):
            await self._room.acquire()
            try:
                pool, future = await asyncio.to_thread(self._submit, job, arguments)
            except BaseException:
                self._room.release()
                raise
            future.add_done_callback(done)
            try:
                answer: Answer = await asyncio.wrap_future(future)
                return answer
            except BrokenProcessPool:
                self._drop(pool)
        raise Problem(503, GONE, {"retry-after": "5"})

    def close(self) -> None:
        """End the processes at once: what they are doing is wanted by nobody any more."""
        self._closed = True
        with self._lock:
            pool, self._pool = self._pool, None
        if pool:
            alive = list((pool._processes or {}).values())  # Python 3.14 has `kill_workers` for this
            pool.shutdown(wait=False, cancel_futures=True)
            for process in alive:
                process.kill()

    def _submit(self, job: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[ProcessPoolExecutor, "Future[Any]"]:
        with self._lock:
            if self._closed:
                raise Problem(503, "The server is stopping.")
            self._pool = self._pool or self._opened()
            try:
                return self._pool, self._pool.submit(job, *arguments)
            except BrokenProcessPool:
                self._pool = self._opened()
                return self._pool, self._pool.submit(job, *arguments)

    def _opened(self) -> ProcessPoolExecutor:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        return ProcessPoolExecutor(self.count, multiprocessing.get_context("spawn"), initializer=begin)

    def _drop(self, broken: ProcessPoolExecutor) -> None:
        """Let a pool go of which a process has died; the next job begins another."""
        with self._lock:
            if broken is self._pool:
                self._pool = None
        broken.shutdown(wait=False)

"""One compute thread for all sessions: commands first, then running sessions in turn by deficit round robin.

The engine is only ever touched on this thread. A turn is a quantum of 5 ms; who took more than its share waits longer for the next.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from time import perf_counter
from typing import Any, Protocol, TypeVar

from app.metrics import Metrics

QUANTUM = 0.005
Answer = TypeVar("Answer")
Job = tuple[Callable[[], Any], "Future[Any]", float]
"""What is to be done, where its answer goes, and since when it waits."""


class Runner(Protocol):
    """A session that trains by itself."""

    credit: float

    def due(self) -> float:
        """The time from which it may have its next turn."""
        ...

    def turn(self, budget: float) -> bool:
        """Run for about `budget` seconds; False when it has stopped."""
        ...


class Scheduler:
    """`submit` runs a job soon; `add` lets a session run until it says that it has stopped."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self.metrics = metrics or Metrics()
        self._jobs: deque[Job] = deque()
        self._runners: deque[Runner] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="compute", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], Answer]) -> "Future[Answer]":
        """Run a job on the compute thread, before any running session's next turn. A job that returns `again` is put back in the queue."""
        future: Future[Answer] = Future()
        with self._changed:
            if self._stopping:
                future.set_exception(RuntimeError("the server is stopping"))
                return future
            self._jobs.append((job, future, perf_counter()))
            self._changed.notify()
        return future

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._jobs)

    @property
    def alive(self) -> bool:
        """Whether the compute thread is there."""
        return self._thread.is_alive()

    def add(self, runner: Runner) -> None:
        """Give a session turns from now on."""
        with self._changed:
            if runner not in self._runners:
                runner.credit = 0.0
                self._runners.append(runner)
                self._changed.notify()

    def remove(self, runner: Runner) -> None:
        """Give a session no more turns."""
        with self._changed:
            if runner in self._runners:
                self._runners.remove(runner)

    def stop(self) -> None:
        """End the thread after the present job or turn."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while True:
            with self._changed:
                job, runner = self._next()
                while job is None and runner is None and not self._stopping:
                    self._changed.wait(self._pause())
                    job, runner = self._next()
                if self._stopping:
                    return
            if job:
                self._do(*job)
            elif runner:
                self._turn(runner)

    def _next(self) -> "tuple[Job | None, Runner | None]":
        if self._jobs:
            return self._jobs.popleft(), None
        now = perf_counter()
        ready = [runner for runner in self._runners if runner.due() <= now]
        if not ready:
            return None, None
        for runner in ready:
            if runner.credit >= 0:
                break
        else:
            for each in ready:
                each.credit = min(each.credit + QUANTUM, 0.0)
            runner = max(ready, key=lambda each: each.credit)
        self._runners.remove(runner)
        self._runners.append(runner)
        return None, runner

    def _pause(self) -> float | None:
        if not self._runners:
            return None
        return max(0.0005, min(runner.due() for runner in self._runners) - perf_counter())

    def _do(self, job: Callable[[], Any], future: "Future[Any]", since: float) -> None:
        if not future.running():
            if not future.set_running_or_notify_cancel():
                return
            self.metrics.wait.observe(perf_counter() - since)
        try:
            answer = job()
        except BaseException as error:
            future.set_exception(error)
            return
        if answer is again:
            with self._changed:
                self._jobs.append((job, future, since))
        else:
            future.set_result(answer)

    def _turn(self, runner: Runner) -> None:
        start = perf_counter()
        goes_on = runner.turn(QUANTUM)
        took = perf_counter() - start
        self.metrics.turn.observe(took)
        with self._changed:
            runner.credit += QUANTUM - took if took > QUANTUM else 0.0
            if not goes_on and runner in self._runners:
                self._runners.remove(runner)


def in_slices(begin: Callable[..., Iterator[Answer | None]]) -> Callable[..., Any]:
    """A job of what takes long, in slices that leave room for others: `begin` gives None after each piece, and the answer at the end."""
    pieces: list[Iterator[Answer | None]] = []

    def slice_(*given: Any) -> Any:
        pieces.extend([] if pieces else [begin(*given)])
        deadline = perf_counter() + QUANTUM
        answer = next(pieces[0])
        while answer is None and perf_counter() < deadline:
            answer = next(pieces[0])
        return again if answer is None else answer

    return slice_


again = object()
"""What a job returns that has more to do and lets others go first."""

"""One compute thread for all sessions: commands first, then running sessions in turn by deficit round robin, and what can wait in between.

The engine is only ever touched on this thread. A turn is a quantum of 5 ms; who took more than its share waits longer for the next. What is counted is the
thread's processor time, so that nobody pays for what another thread or process took meanwhile.
"""

import asyncio
import gc
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from functools import partial
from time import perf_counter, thread_time
from typing import Any, Protocol, TypeVar

from app.metrics import Metrics

QUANTUM = 0.005
BREATH = 0.002
"""Seconds after which the event loop gets a word in."""
PATIENCE = 0.005
"""Seconds that it gets for that at the most."""
Answer = TypeVar("Answer")
Job = tuple[Callable[[], Any], "Future[Any]", float, bool]
"""What is to be done, where its answer goes, since when it waits, and whether it goes first."""


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

    def __init__(self, metrics: Metrics | None = None, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """With a `loop`, its callbacks get their turn between those of the sessions, however seldom the interpreter would let them have it."""
        self.metrics = metrics or Metrics()
        self._loop = loop
        self._heard = threading.Lock()
        self._breath = 0.0
        self._jobs: deque[Job] = deque()
        self._others: deque[Job] = deque()
        self._lent = 0.0
        self._swept = 0.0
        self._runners: deque[Runner] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="compute", daemon=True)
        gc.callbacks.append(self._sweep)
        self._thread.start()

    def submit(self, job: Callable[[], Answer], *, first: bool = True) -> "Future[Answer]":
        """Run a job on the compute thread, `first` of all or in turns with the running sessions.

        A job that returns `again` has had its first word, and goes on in turns with them.
        """
        future: Future[Answer] = Future()
        with self._changed:
            if self._stopping:
                future.set_exception(RuntimeError("the server is stopping"))
                return future
            (self._jobs if first else self._others).append((job, future, perf_counter(), first))
            self._changed.notify()
        return future

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._jobs) + len(self._others)

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
        if self._sweep in gc.callbacks:
            gc.callbacks.remove(self._sweep)

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
            self._breathe()

    def _next(self) -> "tuple[Job | None, Runner | None]":
        """Commands first; then what can wait and the running sessions, for as long each as the other."""
        if self._jobs:
            return self._jobs.popleft(), None
        runner = self._ready() if self._lent > 0 or not self._others else None
        if runner is None and self._others:
            return self._others.popleft(), None
        return None, runner

    def _ready(self) -> Runner | None:
        """Whose turn it is: the first with credit; where nobody has any, everyone is given a quantum, until somebody has."""
        now = perf_counter()
        ready = [runner for runner in self._runners if runner.due() <= now]
        if not ready:
            return None
        if (most := max(runner.credit for runner in ready)) <= 0:
            given = (1 + -most // QUANTUM) * QUANTUM
            for each in ready:
                each.credit = min(each.credit + given, QUANTUM)
        runner = next(each for each in ready if each.credit > 0)
        self._runners.remove(runner)
        self._runners.append(runner)
        return runner

    def _pause(self) -> float | None:
        if not self._runners:
            return None
        return max(0.0005, min(runner.due() for runner in self._runners) - perf_counter())

    def _do(self, job: Callable[[], Any], future: "Future[Any]", since: float, first: bool) -> None:
        if not future.running():
            if not future.set_running_or_notify_cancel():
                return
            self.metrics.wait.observe(perf_counter() - since)
        start = thread_time()
        try:
            answer = job()
        except BaseException as error:
            future.set_exception(error)
            return
        finally:
            self._lent += 0.0 if first else thread_time() - start
        if answer is again:
            with self._changed:
                self._others.append((job, future, since, False))
        else:
            future.set_result(answer)

    def _turn(self, runner: Runner) -> None:
        start, spent, swept = perf_counter(), thread_time(), self._swept
        goes_on = runner.turn(QUANTUM)
        self.metrics.turn.observe(perf_counter() - start)
        with self._changed:
            took = thread_time() - spent - (self._swept - swept)
            self._lent = max(self._lent - took, -QUANTUM)
            runner.credit -= took
            if not goes_on and runner in self._runners:
                self._runners.remove(runner)

    def _sweep(self, phase: str, _: dict[str, int]) -> None:
        """Add up what the garbage collector takes on this thread; it goes through everybody's objects, so no session pays for it."""
        if threading.current_thread() is self._thread:
            self._swept += thread_time() * (1 if phase == "stop" else -1)

    def _breathe(self) -> None:
        """Let the event loop do what it has to do, with the interpreter and a core for it, before more is computed."""
        if self._loop is None or perf_counter() - self._breath < BREATH:
            return
        self._heard.acquire(blocking=False)
        try:
            self._loop.call_soon_threadsafe(self._loop.call_soon, self._hear)
        except RuntimeError:
            return
        self._heard.acquire(timeout=PATIENCE)
        self._breath = perf_counter()

    def _hear(self) -> None:
        if self._heard.locked():
            self._heard.release()


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


def settled(job: Callable[[Any], Answer]) -> Callable[[Any], Any]:
    """A job for a session that is begun when the session owes no record any more; what is left of one is made before, in slices that leave room for others."""
    return lambda session: job(session) if session.settle(QUANTUM) else again


def held(begin: Callable[[Any], Generator[None, None, Answer]]) -> Callable[[Any], Any]:
    """A reading in slices for which the session stands still: what `begin` yields to the others after each piece is done before the session goes on."""
    found: list[Callable[[], Answer]] = []

    def slice_(session: Any) -> Any:
        if session.settle(QUANTUM) and not found:
            session.hold(_kept(begin(session), found))
            session.settle(QUANTUM)
        return found[0]() if found else again

    return slice_


def _kept(pieces: Generator[None, None, Answer], found: list[Callable[[], Answer]]) -> Iterator[None]:
    """The pieces, with the answer at their end or what went wrong laid down for whoever asked: they may be done on another's time."""
    try:
        answer = yield from pieces
        found.append(lambda: answer)
    except Exception as error:
        found.append(partial(_fail, error))


def _fail(error: Exception) -> Any:
    raise error


again = object()
"""What a job returns that has more to do and lets others go first."""

"""One compute thread: commands before runs, a fair share for each run, and nothing that ends it."""

import threading
from collections.abc import Callable, Iterator
from time import perf_counter, sleep

import pytest

from app.scheduler import QUANTUM, Scheduler, again
from tests.app.conftest import eventually


class Busy:
    """A run whose every turn takes so long."""

    def __init__(self, seconds: float, turns: int = 10**9) -> None:
        self.seconds = seconds
        self.turns = turns
        self.credit = 0.0
        self.taken = 0.0

    def due(self) -> float:
        return 0.0

    def turn(self, budget: float) -> bool:
        end = perf_counter() + self.seconds
        while perf_counter() < end:
            pass
        self.taken += self.seconds
        self.turns -= 1
        return self.turns > 0


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    made = Scheduler()
    yield made
    made.stop()


def test_everything_happens_on_one_thread(scheduler: Scheduler) -> None:
    names = {scheduler.submit(lambda: threading.current_thread().name).result(5) for _ in range(5)}
    assert names == {"compute"}


def test_a_failure_is_the_askers_alone(scheduler: Scheduler) -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        scheduler.submit(fail).result(5)
    assert scheduler.submit(lambda: 1).result(5) == 1


def test_a_long_job_lets_others_go_first(scheduler: Scheduler) -> None:
    order: list[str] = []
    gate = threading.Event()

    def long() -> object:
        gate.wait(5)
        order.append("long")
        return again if len(order) < 3 else "done"

    first = scheduler.submit(long)
    second = scheduler.submit(lambda: order.append("short"))
    gate.set()
    assert first.result(5) == "done" and second.result(5) is None
    assert order.index("short") == 1


def test_runs_share_by_time_not_by_turns(scheduler: Scheduler) -> None:
    """One whose turn overruns the quantum four times gets a turn for every four of the other."""
    large, small = Busy(4 * QUANTUM), Busy(QUANTUM)
    scheduler.add(large)
    scheduler.add(small)
    eventually(lambda: large.taken + small.taken > 40 * QUANTUM)
    scheduler.remove(large)
    scheduler.remove(small)
    assert 0.5 < large.taken / small.taken < 2


def test_commands_are_answered_while_many_run(scheduler: Scheduler) -> None:
    runs = [Busy(QUANTUM) for _ in range(10)]
    for run in runs:
        scheduler.add(run)
    before = sum(run.turns for run in runs)
    for _ in range(5):
        scheduler.submit(lambda: None).result(5)
    assert before - sum(run.turns for run in runs) <= 5 + 2


def test_a_run_that_is_over_gets_no_more_turns(scheduler: Scheduler) -> None:
    run = Busy(0.0, turns=3)
    scheduler.add(run)
    eventually(lambda: run.turns == 0)
    sleep(0.02)
    assert run.turns == 0


@pytest.mark.parametrize("close", [Scheduler.stop])
def test_after_the_end_nothing_is_taken(close: Callable[[Scheduler], None]) -> None:
    made = Scheduler()
    close(made)
    with pytest.raises(RuntimeError):
        made.submit(lambda: 1).result(5)

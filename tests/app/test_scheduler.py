"""One compute thread: commands before runs, a fair share for each run, and nothing that ends it."""

import asyncio
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from time import sleep, thread_time

import pytest

import app.scheduler
from app.scheduler import BREATH, QUANTUM, Scheduler, again
from tests.app.conftest import eventually


class Busy:
    """A run whose every turn takes so much of the processor."""

    def __init__(self, seconds: float, turns: int = 10**9) -> None:
        self.seconds = seconds
        self.turns = turns
        self.credit = 0.0
        self.taken = 0.0

    def due(self) -> float:
        return 0.0

    def turn(self, budget: float) -> bool:
        end = thread_time() + self.seconds
        while thread_time() < end:
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


def ratio(scheduler: Scheduler, one: Busy, other: Busy, enough: Callable[[], bool]) -> float:
    """How much one of two runs gets for what the other gets, until there is enough to tell."""
    scheduler.add(one)
    scheduler.add(other)
    eventually(enough)
    scheduler.remove(one)
    scheduler.remove(other)
    return one.taken / other.taken


def test_runs_share_by_time_not_by_turns(scheduler: Scheduler) -> None:
    """One whose turn overruns the quantum four times gets a turn for every four of the other."""
    large, small = Busy(4 * QUANTUM), Busy(QUANTUM)
    assert 0.5 < ratio(scheduler, large, small, lambda: large.taken + small.taken > 40 * QUANTUM) < 2


def test_nobody_pays_for_time_in_which_the_thread_did_not_compute(scheduler: Scheduler) -> None:
    """Two runs that need the same processor time get as many turns, though one of them is kept waiting in each of its own."""

    class Kept(Busy):
        def turn(self, budget: float) -> bool:
            sleep(3 * QUANTUM)
            return super().turn(budget)

    kept, other = Kept(QUANTUM), Busy(QUANTUM)
    assert 0.5 < ratio(scheduler, kept, other, lambda: kept.taken >= 8 * QUANTUM) < 2


def test_nobody_pays_for_a_sweep_of_the_garbage_collector(scheduler: Scheduler) -> None:
    class Swept(Busy):
        def turn(self, budget: float) -> bool:
            end = thread_time() + 3 * QUANTUM
            while thread_time() < end:
                gc.collect()
            return super().turn(budget)

    swept, other = Swept(QUANTUM), Busy(QUANTUM)
    assert 0.5 < ratio(scheduler, swept, other, lambda: swept.taken >= 4 * QUANTUM) < 2


class Told(Busy):
    """A run that tells of its turns, and has something asked for in each of them."""

    def __init__(self, scheduler: Scheduler, order: list[str], turns: int, *, first: bool) -> None:
        super().__init__(QUANTUM, turns)
        self.scheduler, self.order, self.first = scheduler, order, first

    def turn(self, budget: float) -> bool:
        self.order.append("turn")
        for _ in range(3):
            self.scheduler.submit(lambda: self.order.append("job"), first=self.first)
        return super().turn(budget)


def test_commands_are_answered_before_the_next_turn(scheduler: Scheduler) -> None:
    order: list[str] = []
    scheduler.add(Told(scheduler, order, 4, first=True))
    eventually(lambda: len(order) == 16)
    assert order == 4 * ["turn", "job", "job", "job"]


def test_what_can_wait_takes_no_more_than_the_runs_do(scheduler: Scheduler) -> None:
    """Pictures that take as long as a turn each: one of them, one turn."""
    order: list[str] = []
    picture = Busy(QUANTUM)
    run = Busy(QUANTUM)
    run.turn = lambda budget: order.append("turn") or Busy.turn(run, budget)  # type: ignore[method-assign, func-returns-value]
    gate = threading.Event()
    scheduler.submit(lambda: gate.wait(5))
    scheduler.add(run)
    asked = [scheduler.submit(lambda: order.append("picture") or picture.turn(0), first=False) for _ in range(6)]  # type: ignore[func-returns-value]
    gate.set()
    for each in asked:
        each.result(5)
    scheduler.remove(run)
    assert abs(order.count("turn") - 6) <= 2


def test_what_goes_on_waits_behind_what_is_new(scheduler: Scheduler) -> None:
    """A long job has had its first word before the others; after that it takes turns with the runs."""
    order: list[str] = []
    run = Told(scheduler, [], 10**9, first=True)
    run.turn = lambda budget: order.append("turn") or Busy.turn(run, budget)  # type: ignore[method-assign, func-returns-value]
    scheduler.add(run)

    def long() -> object:
        order.append("piece")
        Busy(QUANTUM).turn(0)
        return again if order.count("piece") < 4 else "done"

    assert scheduler.submit(long).result(5) == "done"
    scheduler.remove(run)
    between = order[order.index("piece") : len(order) - order[::-1].index("piece")]
    assert between.count("turn") >= 2


def test_the_event_loop_gets_a_word_in_between_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A callback that stands in line is called before the second turn after it, whether or not the interpreter would have changed threads."""
    seen: list[int] = []

    async def main() -> None:
        made = Scheduler(loop=asyncio.get_running_loop())
        run = Busy(2 * BREATH, turns=5)
        made.add(run)
        while run.turns:
            seen.append(run.turns)
            await asyncio.sleep(0)
        made.stop()

    monkeypatch.setattr(app.scheduler, "PATIENCE", 5.0)
    before = sys.getswitchinterval()
    sys.setswitchinterval(10)
    try:
        asyncio.run(main())
    finally:
        sys.setswitchinterval(before)
    assert set(seen) >= {4, 3, 2, 1}


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

"""A live session: an engine session with its owner, its listeners and its run. The engine is only touched on the compute thread."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter, time
from typing import Any, TypeVar

from app.book import Book
from app.keys import Keys
from app.listeners import Listeners
from app.problems import Problem
from app.run import Pace, Run
from app.scheduler import QUANTUM, Scheduler, again, in_slices, settled
from app.settings import Limits
from engine import EngineError, Order, Position, Session, Watch, perform

Answer = TypeVar("Answer")
Then = Callable[[Session], dict[str, Any]] | None
GONE = "There is no session of that id, or it is not yours; create one with POST /api/sessions."
STUCK = "The run was stopped: a number is not finite any more. Go back, then choose a smaller learning rate or clip the gradient."
FAR = Position(2**31, 0)
"""Further than any run goes."""
log = logging.getLogger("app")


class Live:
    """One session on the server. Commands take turns; reading and stopping wait for none of them."""

    def __init__(self, session: Session, id_: str, keys: Keys, scheduler: Scheduler, limits: Limits, book: Book) -> None:
        self.id = id_
        self.keys = keys
        self.session = session
        self.book = book
        self.limits = limits
        self.credit = 0.0
        self.run: Run | None = None
        self.said: str | None = None
        self.watch: Watch | None = None
        self.listeners = Listeners()
        self.serial = int(time() * 1000)
        self.over: Problem | None = None
        self.used = monotonic()
        self._halts = 0
        self._waiting = 0
        self._heard = monotonic()
        self._pace = Pace()
        self._going: Position | None = None
        self._goal: Position | None = None
        self._scheduler = scheduler
        self._order = asyncio.Lock()
        self._visits = asyncio.Lock()

    @property
    def idle(self) -> bool:
        """Whether it does nothing, and nobody listens or waits."""
        return self.run is None and not self.listeners and not self._waiting

    async def read(self, job: Callable[[Session], Answer]) -> Answer:
        """Read from the session, soon; refused where too many already wait."""
        if self.over:
            raise self.over
        if self._waiting >= self.limits.waiting:
            raise Problem(429, f"{self._waiting} requests already wait for this session; send the next when one is answered.", {"retry-after": "1"})
        self._waiting += 1
        try:
            return await self.look(job, first=True)
        finally:
            self._waiting -= 1

    async def work(self, begin: Callable[[Session], Iterator[Answer | None]]) -> Answer:
        """Read what takes long, in slices: `begin` gives None after each piece, and the answer at the end."""
        answer: Answer = await self.read(in_slices(begin))
        return answer

    async def look(self, job: Callable[[Session], Answer], *, first: bool = False) -> Answer:
        """Read for a stream, which waits for its own answer before it asks again, and may let commands go first."""
        self.used = monotonic()
        return await asyncio.wrap_future(self._scheduler.submit(lambda: job(self.session), first=first))

    async def act(self, order: Order) -> dict[str, Any]:
        """Change the session. This stops a run, and the state says so; what is refused changes nothing."""

        def change(session: Session) -> dict[str, Any]:
            with self._computing():
                self._perform(order)
                said = ["The run was stopped by a command." if self.run else None, session.branches.heard()]
                self._end(" ".join(filter(None, said)) or None)
                return self.state()

        async with self._order:
            state: dict[str, Any] = await self.read(settled(change))
        self.listeners.changed()
        return state

    async def tidy(self, order: Order) -> dict[str, Any]:
        """Change what is remembered, and not what runs."""

        def change(_: Session) -> dict[str, Any]:
            with self._computing():
                self._perform(order)
                self.serial += 1
                return self.state()

        state = await self.read(change)
        self.listeners.changed()
        return state

    async def go(self, target: Callable[[Session], Position], *, back: bool = False, first: Order | None = None, then: Then = None) -> dict[str, Any]:
        """Go on to a position, in slices; with `back` also to an earlier one, and over whatever had happened until then. This stops a run.

        With `first`, an order is carried out before the target is asked for. With `then` the state has also what is read there.
        """
        goal: list[Position] = []

        def slice_(session: Session) -> Any:
            with self._computing():
                if not goal:
                    if first:
                        self._perform(first)
                    wanted = target(session)
                    wanted = wanted if back or wanted < session.position else session.safe(wanted)
                    self.book.note(session, {"do": "go", "to": wanted})
                    self._going = wanted
                    goal.append(wanted)
                    session.approach(wanted)
                    self._end("The run was stopped by a step." if self.run else None)
                if self._halts != halts or self.over:
                    self.book.mention(session, {"do": "halt"})
                    self.said = "The step was stopped before its end."
                elif session.position < goal[0] and not session.seek(goal[0], QUANTUM) and not session.diverged:
                    self.listeners.wake()
                    return again
                self._going = None
            self.serial += 1
            return {**self.state(), **(then(session) if then else {})}

        async with self._order:
            halts, self._going = self._halts, None
            state: dict[str, Any] = await self.read(settled(slice_))
        self.listeners.changed()
        return state

    async def visit(self, branch: int | None, update: int | None, job: Callable[[Session], Answer]) -> Answer:
        """Read from another branch (None is the present one) as it was after so many updates, without going there."""

        def slice_(session: Session) -> Any:
            twin, goal = session.elsewhere(branch, update)
            if twin.position < goal and not twin.run(goal, QUANTUM, tap=()):
                return again
            return job(twin)

        async with self._visits:
            answer: Answer = await self.read(slice_)
        return answer

    async def start(self, run: Run) -> dict[str, Any]:
        """Train continuously; the compute thread gives the session its turns."""

        def begin(session: Session) -> dict[str, Any]:
            session.safe(FAR)
            watch = Watch(session, run.breakpoints) if run.breakpoints else None
            with self._computing():
                self.book.note(session, {"do": "run", "run": run.json()})
                self.said = None
                self._begin(run, watch)
                return self.state()

        async with self._order:
            state = await self.read(begin)
        self.listeners.changed()
        return state

    async def resume(self, run: Run) -> None:
        """Go on with a run that was going on when the server ended."""

        def begin(session: Session) -> None:
            try:
                self._begin(run, Watch(session, run.breakpoints) if run.breakpoints else None)
            except EngineError as error:
                self.said = str(error)

        await self.look(begin, first=True)

    async def stop(self) -> dict[str, Any]:
        """Stop a run within one update, and a long step with it."""
        self._halts += 1

        def end(session: Session) -> dict[str, Any]:
            with self._computing():
                if self.run:
                    self.book.mention(session, {"do": "stop"})
                self._end(None)
                return self.state()

        state = await self.read(end)
        self.listeners.changed()
        return state

    def end(self, why: Problem | None = None) -> None:
        """The session is over here: whoever listens or waits is told."""
        self.over = why or Problem(404, GONE)
        self._scheduler.remove(self)
        self.listeners.changed()

    def due(self) -> float:
        """When the next turn of a run may begin."""
        return self._pace.next if self._goal is None else 0.0

    def turn(self, budget: float) -> bool:
        """One turn of a run; False when it is over. Whatever goes wrong becomes a state, never a silent end."""
        try:
            if self.run and not self.over and not self.book.save_due(self.session, self.told):
                with self._computing(save=False):
                    self.session.settle(budget) if self.session.owes else self._advance(self.run, budget)
        except EngineError as error:
            self._rest(str(error))
        except Exception as error:
            log.exception("A run failed.")
            self._rest(f"The run failed: {type(error).__name__}. Step back or start again.")
        self.listeners.wake()
        return self.run is not None

    def state(self) -> dict[str, Any]:
        """The session's state with what its run adds. Compute thread only."""
        run = self.run
        added: dict[str, Any] = {"serial": self.serial, "running": run is not None, "rate": run.rate if run else None, "unit": run.unit if run else None}
        watched = {"hit": self.watch.json(), "every": self.watch.every} if self.watch else {}
        said = " ".join(filter(None, [self.said, self.book.trouble]))
        return {**self.session.state(), **added, **watched, **({"notice": said} if said else {})}

    def told(self) -> dict[str, Any]:
        """What is kept of it beside the session itself."""
        return {"run": self.run.json() if self.run else None, "going": self._going}

    def _advance(self, run: Run, budget: float) -> None:
        session = self.session
        if self.listeners:
            self._heard = monotonic()
        elif monotonic() - self._heard > self.limits.unheard_seconds:
            self._rest(f"The run was stopped: nobody has listened for {self.limits.unheard_seconds} seconds.")
            return
        tap = (session.history.tap, self.watch.tap) if self.watch else None
        last = FAR if run.until is None else Position(run.until, 0)
        if run.rate is None:
            session.run(last, budget, tap)
        else:
            self._goal = self._goal or min(session.target(run.unit, self._pace.owed(run.rate)), last)
            if session.run(self._goal, budget, tap):
                self._goal = None
        self.used = monotonic()
        if session.diverged:
            self._rest(f"The run was stopped before any damage. {session.fault.sentence} {session.fault.advice}" if session.fault else STUCK)
        elif (watch := self.watch) and watch.hit:
            self._rest(watch.hit.sentence)
            self.watch = watch
        elif session.position >= last:
            self._rest(f"The run has reached update {last.update}.")

    def _perform(self, order: Order) -> None:
        """Write an order down and carry it out. What is refused leaves a run alone, and that is written down too."""
        self.book.note(self.session, order)
        try:
            perform(self.session, order)
        except BaseException:
            if self.run:
                self.book.mention(self.session, {"do": "run", "run": self.run.json()})
            raise

    def _begin(self, run: Run, watch: Watch | None) -> None:
        self.run, self.watch, self._goal = run, watch, None
        self._pace, self._heard = Pace(), monotonic()
        self.serial += 1
        self._scheduler.add(self)

    def _rest(self, why: str) -> None:
        """The run has come to its own end."""
        self.book.mention(self.session, {"do": "rest"})
        self._end(why)

    @contextmanager
    def _computing(self, *, save: bool = True) -> Iterator[None]:
        """Note how long was computed, and have the session saved when that is enough."""
        start = perf_counter()
        try:
            yield
        finally:
            self.book.spend(perf_counter() - start)
            if save:
                self.book.save_due(self.session, self.told)

    def _end(self, why: str | None) -> None:
        """No run from here on. Compute thread only."""
        running, self.run, self.said, self.watch = self.run, None, why, None
        self.serial += 1
        if running:
            self._scheduler.remove(self)
            self.listeners.soon(self.listeners.changed)

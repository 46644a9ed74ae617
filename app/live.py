"""A live session: an engine session with its owner, its listeners and its run. The engine is only touched on the compute thread."""

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any, TypeVar

from app.models import Unit
from app.problems import Problem
from app.scheduler import QUANTUM, Scheduler, again
from app.settings import Limits
from engine import AnyBreakpoint, EngineError, Position, Session, Watch

Answer = TypeVar("Answer")
GONE = "There is no session of that id, or it is not yours; create one with POST /api/sessions."
CATCH_UP = 0.25
"""Seconds of a paced run that may be made good after others had their turn."""
STUCK = "The run was stopped: a number is not finite any more. Go back, then choose a smaller learning rate or clip the gradient."
FAR = Position(2**31, 0)
"""Further than any run goes."""
log = logging.getLogger("app")


@dataclass(frozen=True)
class Run:
    """How a session trains by itself: units a second (None is as fast as possible) and the update at which it stops."""

    unit: Unit = "batch"
    rate: float | None = None
    until: int | None = None
    breakpoints: tuple[AnyBreakpoint, ...] = ()


class Live:
    """One session on the server. Commands take turns; reading and stopping wait for none of them."""

    def __init__(self, session: Session, owner: str, scheduler: Scheduler, limits: Limits) -> None:
        self.id = secrets.token_urlsafe(16)
        self.token = secrets.token_urlsafe(24)
        self.owner = owner
        self.session = session
        self.limits = limits
        self.credit = 0.0
        self.run: Run | None = None
        self.said: str | None = None
        self.watch: Watch | None = None
        self.listeners: set[asyncio.Event] = set()
        self.version = 0
        self.serial = 0
        self.ticks = 0
        self.ended = False
        self.used = monotonic()
        self._halts = 0
        self._waiting = 0
        self._nudged = False
        self._heard = monotonic()
        self._next = 0.0
        self._goal: Position | None = None
        self._scheduler = scheduler
        self._order = asyncio.Lock()
        self._visits = asyncio.Lock()
        self._loop = asyncio.get_running_loop()

    def opens(self, visitor: str | None, bearer: str | None) -> bool:
        """Whether these credentials open the session: its own token, or its owner's cookie."""
        if bearer is not None:
            return hmac.compare_digest(bearer.encode(), self.token.encode())
        return visitor is not None and hmac.compare_digest(fingerprint(visitor).encode(), self.owner.encode())

    async def read(self, job: Callable[[Session], Answer]) -> Answer:
        """Read from the session, soon; refused where too many already wait."""
        if self.ended:
            raise Problem(404, GONE)
        if self._waiting >= self.limits.waiting:
            raise Problem(429, f"{self._waiting} requests already wait for this session; send the next when one is answered.", {"retry-after": "1"})
        self._waiting += 1
        try:
            return await self.look(job)
        finally:
            self._waiting -= 1

    async def work(self, begin: Callable[[Session], Iterator[Answer | None]]) -> Answer:
        """Read what takes long, in slices that leave room for others: `begin` gives None after each piece, and the answer at the end."""
        pieces: list[Iterator[Answer | None]] = []

        def slice_(session: Session) -> Any:
            pieces.extend([] if pieces else [begin(session)])
            deadline = perf_counter() + QUANTUM
            answer = next(pieces[0])
            while answer is None and perf_counter() < deadline:
                answer = next(pieces[0])
            return again if answer is None else answer

        answer: Answer = await self.read(slice_)
        return answer

    async def look(self, job: Callable[[Session], Answer]) -> Answer:
        """Read for a stream, which waits for its own answer before it asks again."""
        self.used = monotonic()
        return await asyncio.wrap_future(self._scheduler.submit(lambda: job(self.session)))

    async def act(self, job: Callable[[Session], object]) -> dict[str, Any]:
        """Change the session. This stops a run, and the state says so; what is refused changes nothing."""

        def change(session: Session) -> dict[str, Any]:
            job(session)
            said = ["The run was stopped by a command." if self.run else None, session.branches.heard()]
            self._end(" ".join(filter(None, said)) or None)
            return self.state()

        async with self._order:
            state = await self.read(change)
        self.changed()
        return state

    async def tidy(self, job: Callable[[Session], object]) -> dict[str, Any]:
        """Change what is remembered, and not what runs."""

        def change(session: Session) -> dict[str, Any]:
            job(session)
            self.serial += 1
            return self.state()

        state = await self.read(change)
        self.changed()
        return state

    async def go(self, target: Callable[[Session], Position], *, back: bool = False, then: Callable[[Session], dict[str, Any]] | None = None) -> dict[str, Any]:
        """Go on to a position, in slices that leave room for others; with `back` also to an earlier one, and over whatever had happened until then.

        This stops a run, and the state says so. With `then` the state has also what is read there, before anybody else moves the session.
        """
        goal: list[Position] = []

        def slice_(session: Session) -> Any:
            if not goal:
                wanted = target(session)
                goal.append(wanted if back or wanted < session.position else session.safe(wanted))
                session.approach(goal[0])
                self._end("The run was stopped by a step." if self.run else None)
            if self._halts != halts or self.ended:
                self.said = "The step was stopped before its end."
            elif session.position < goal[0] and not session.seek(goal[0], QUANTUM) and not session.diverged:
                self._wake()
                return again
            self.serial += 1
            return {**self.state(), **(then(session) if then else {})}

        async with self._order:
            halts = self._halts
            state: dict[str, Any] = await self.read(slice_)
        self.changed()
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
            self.run, self.said, self.watch, self._goal = run, None, watch, None
            self._next, self._heard = perf_counter(), monotonic()
            self.serial += 1
            self._scheduler.add(self)
            return self.state()

        async with self._order:
            state = await self.read(begin)
        self.changed()
        return state

    async def stop(self) -> dict[str, Any]:
        """Stop a run within one update, and a long step with it."""
        self._halts += 1

        def end(_: Session) -> dict[str, Any]:
            self._end(None)
            return self.state()

        state = await self.read(end)
        self.changed()
        return state

    def end(self) -> None:
        """The session is over: whoever listens or waits is told."""
        self.ended = True
        self._scheduler.remove(self)
        self.changed()

    def due(self) -> float:
        """When the next turn of a run may begin."""
        return self._next if self._goal is None else 0.0

    def turn(self, budget: float) -> bool:
        """One turn of a run; False when it is over. Whatever goes wrong becomes a state, never a silent end."""
        try:
            if self.run and not self.ended:
                self._advance(self.run, budget)
        except EngineError as error:
            self._end(str(error))
        except Exception as error:
            log.exception("A run failed.")
            self._end(f"The run failed: {type(error).__name__}. Step back or start again.")
        self._wake()
        return self.run is not None

    def state(self) -> dict[str, Any]:
        """The session's state with what its run adds. Compute thread only."""
        run = self.run
        added: dict[str, Any] = {"serial": self.serial, "running": run is not None, "rate": run.rate if run else None, "unit": run.unit if run else None}
        watched = {"hit": self.watch.json(), "every": self.watch.every} if self.watch else {}
        return {**self.session.state(), **added, **watched, **({"notice": self.said} if self.said else {})}

    def changed(self) -> None:
        """Tell every listener that the state is another one."""
        self.version += 1
        self._nudge()

    def _advance(self, run: Run, budget: float) -> None:
        session = self.session
        if self.listeners:
            self._heard = monotonic()
        elif monotonic() - self._heard > self.limits.unheard_seconds:
            self._end(f"The run was stopped: nobody has listened for {self.limits.unheard_seconds} seconds.")
            return
        tap = (session.history.tap, self.watch.tap) if self.watch else None
        last = FAR if run.until is None else Position(run.until, 0)
        if run.rate is None:
            session.run(last, budget, tap)
        else:
            self._goal = self._goal or min(session.target(run.unit, self._owed(run.rate)), last)
            if session.run(self._goal, budget, tap):
                self._goal = None
        self.used = monotonic()
        if session.diverged:
            self._end(f"The run was stopped before any damage. {session.fault.sentence} {session.fault.advice}" if session.fault else STUCK)
        elif (watch := self.watch) and watch.hit:
            self._end(watch.hit.sentence)
            self.watch = watch
        elif session.position >= last:
            self._end(f"The run has reached update {last.update}.")

    def _owed(self, rate: float) -> int:
        """The units of a paced run that are due by now."""
        now = perf_counter()
        self._next = max(self._next, now - CATCH_UP)
        owed = 1 + int((now - self._next) * rate)
        self._next += owed / rate
        return owed

    def _end(self, why: str | None) -> None:
        """No run from here on. Compute thread only."""
        running, self.run, self.said, self.watch = self.run, None, why, None
        self.serial += 1
        if running:
            self._scheduler.remove(self)
            self._call(self.changed)

    def _wake(self) -> None:
        """Let the listeners look at the new numbers, once for all turns that the loop has not yet heard of."""
        if self.listeners and not self._nudged:
            self._nudged = True
            self._call(self._nudge)

    def _call(self, function: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def _nudge(self) -> None:
        self.ticks += 1
        self._nudged = False
        for listener in self.listeners:
            listener.set()


def fingerprint(visitor: str) -> str:
    """What is kept of a visitor's cookie."""
    return hashlib.sha256(visitor.encode()).hexdigest()

"""A live session: an engine session with its owner, its listeners and its run. The engine is only touched on the compute thread."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any, Literal, TypeVar

from app.scheduler import QUANTUM, Scheduler, again
from engine import EngineError, Position, Session

Unit = Literal["op", "layer", "pass", "batch", "epoch"]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Run:
    """How a session trains by itself: units a second (None is as fast as possible) and the update at which it stops."""

    unit: Unit = "batch"
    rate: float | None = None
    until: int | None = None


class Live:
    """One session on the server."""

    def __init__(self, session: Session, owner: str, scheduler: Scheduler, unheard_seconds: float) -> None:
        self.id = secrets.token_urlsafe(16)
        self.token = secrets.token_urlsafe(24)
        self.owner = owner
        self.session = session
        self.credit = 0.0
        self.run: Run | None = None
        self.listeners: set[asyncio.Event] = set()
        self.version = 0
        self.said: str | None = None
        self.used = monotonic()
        self._heard = monotonic()
        self._next = 0.0
        self._scheduler = scheduler
        self._unheard = unheard_seconds
        self._loop = asyncio.get_running_loop()

    def opens(self, visitor: str | None, bearer: str | None) -> bool:
        """Whether these credentials open the session: its own token, or its owner's cookie."""
        if bearer is not None:
            return hmac.compare_digest(bearer.encode(), self.token.encode())
        return visitor is not None and hmac.compare_digest(fingerprint(visitor).encode(), self.owner.encode())

    async def read(self, job: Callable[[Session], Answer]) -> Answer:
        """Read from the session."""
        self.used = monotonic()
        return await asyncio.wrap_future(self._scheduler.submit(lambda: job(self.session)))

    async def act(self, job: Callable[[Session], object]) -> dict[str, Any]:
        """Change the session; a run is stopped first, and the state says so."""
        await self.stop("The run was stopped by a command." if self.run else None)
        state = await self.read(lambda session: (job(session), self.state())[1])
        self.changed()
        return state

    async def go(self, target: Callable[[Session], Position]) -> dict[str, Any]:
        """Go to a position, earlier or later, in slices that leave room for others."""
        await self.stop("The run was stopped by a step." if self.run else None)
        self.used = monotonic()
        goal: list[Position] = []

        def slice_() -> Any:
            session = self.session
            if not goal:
                goal.append(target(session))
                if goal[0] < session.position:
                    session.seek(goal[0])
            if session.position < goal[0] and not session.run(goal[0], QUANTUM * 4) and not session.diverged:
                return again
            return self.state()

        state: dict[str, Any] = await asyncio.wrap_future(self._scheduler.submit(slice_))
        self.changed()
        return state

    async def start(self, run: Run) -> dict[str, Any]:
        """Train continuously; the compute thread gives the session its turns."""
        await self.stop(None)

        def begin() -> dict[str, Any]:
            if self.session.diverged:
                self.session.run(Position(self.session.position.update + 1, 0))
            self.run, self.said, self._next, self._heard = run, None, perf_counter(), monotonic()
            self._scheduler.add(self)
            return self.state()

        state = await self.read(lambda _: begin())
        self.changed()
        return state

    async def stop(self, why: str | None) -> None:
        """Stop a run, within one turn."""
        if self.run:
            await asyncio.wrap_future(self._scheduler.submit(lambda: self._end(why)))

    def due(self) -> float:
        return self._next

    def turn(self, budget: float) -> bool:
        """One turn of a run; False when it is over. Whatever goes wrong becomes a state, never a silent end."""
        run = self.run
        if run is None:
            return False
        try:
            self._advance(run, budget)
        except EngineError as error:
            self._end(str(error))
        except Exception as error:
            self._end(f"The run failed: {type(error).__name__}. Step back or start again.")
            raise
        finally:
            self._wake()
        return self.run is not None

    def state(self) -> dict[str, Any]:
        """The session's state with what its run adds. Compute thread only."""
        run = self.run
        found = self.session.state()
        if run is None and self.said:
            found["notice"] = self.said
        return {**found, "running": run is not None, "rate": run.rate if run else None, "unit": run.unit if run else None}

    def changed(self) -> None:
        """Tell every listener that the state is another one."""
        self.version += 1
        for listener in self.listeners:
            listener.set()

    def _advance(self, run: Run, budget: float) -> None:
        session = self.session
        if self.listeners:
            self._heard = monotonic()
        elif monotonic() - self._heard > self._unheard:
            self._end(f"The run was stopped: nobody has listened for {self._unheard:g} seconds.")
            return
        last = Position(run.until if run.until is not None else 2**31, 0)
        if run.rate is None:
            goal, seconds = last, budget
        else:
            goal, seconds = min(session.target(run.unit, 1), last), budget * 4
            self._next = max(self._next + 1 / run.rate, perf_counter() - 0.25)
        session.run(goal, seconds)
        self.used = monotonic()
        if session.diverged:
            self._end("The run was stopped: a number is not finite any more. Step back, then try a smaller learning rate or clip the gradient.")
        elif session.position >= last:
            self._end(f"The run has reached update {last.update}.")

    def _end(self, why: str | None) -> None:
        self.run, self.said = None, why
        self._scheduler.remove(self)
        self._wake(state=True)

    def _wake(self, *, state: bool = False) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.changed if state else self._nudge)

    def _nudge(self) -> None:
        for listener in self.listeners:
            listener.set()


def fingerprint(visitor: str) -> str:
    """What is kept of a visitor's cookie."""
    return hashlib.sha256(visitor.encode()).hexdigest()

"""The live sessions of this server: bounded, freed when idle, and visible to their owner only."""

from time import monotonic
from typing import Protocol

from app.live import Live
from app.problems import Problem
from app.settings import Limits

SPARE = 60.0
"""Seconds unused after which a session gives way on a full server."""


class Store(Protocol):
    """Where sessions are kept."""

    def add(self, live: Live) -> None: ...
    def get(self, session_id: str) -> Live | None: ...
    def remove(self, live: Live) -> None: ...
    def of(self, owner: str) -> list[Live]: ...
    def living(self) -> list[Live]: ...
    def room(self, owner: str, numbers: int = 0) -> None: ...
    def free_idle(self) -> None: ...
    def close(self) -> None: ...


class MemoryStore:
    """Sessions in memory alone."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._sessions: dict[str, Live] = {}

    def add(self, live: Live) -> None:
        """Keep a session."""
        self._sessions[live.id] = live

    def get(self, session_id: str) -> Live | None:
        """The session of this id."""
        return self._sessions.get(session_id)

    def remove(self, live: Live) -> None:
        """Forget a session and end its streams."""
        self._sessions.pop(live.id, None)
        live.end()

    def of(self, owner: str) -> list[Live]:
        """A visitor's sessions, the oldest first."""
        return [live for live in self._sessions.values() if live.owner == owner]

    def living(self) -> list[Live]:
        """Every session in memory."""
        return list(self._sessions.values())

    def room(self, owner: str, numbers: int = 0) -> None:
        """Make room for one more session of a visitor; raises a 429 problem where there is none."""
        mine = self.of(owner)
        allowed = self.limits.sessions_per_visitor
        if len(mine) >= allowed and not self._free(mine, unused=0.0):
            raise Problem(429, f"You have {len(mine)} sessions in use, and {allowed} are allowed; close a page or delete one.", {"retry-after": "60"})
        while self._full(numbers):
            if not self._free(list(self._sessions.values()), unused=SPARE):
                raise Problem(429, "This server is full: all of its sessions are in use. Try again in a few minutes.", {"retry-after": "60"})

    def free_idle(self) -> None:
        """Free what nobody has used for long; never what runs or is listened to."""
        while self._free(list(self._sessions.values()), unused=60 * self.limits.idle_minutes):
            pass

    def close(self) -> None:
        """End every session, and with it every stream."""
        for live in list(self._sessions.values()):
            self.remove(live)

    def _full(self, numbers: int) -> bool:
        taken = sum(live.session.number_count for live in self._sessions.values())
        return len(self._sessions) >= self.limits.sessions or taken + numbers > self.limits.numbers_in_all

    def _free(self, sessions: list[Live], *, unused: float) -> bool:
        """Free the one unused for longest, where one is idle for that many seconds."""
        since = monotonic() - unused
        idle = [live for live in sessions if live.run is None and not live.listeners and live.used <= since]
        if idle:
            self.remove(min(idle, key=lambda live: live.used))
        return bool(idle)

"""The live sessions of this server: bounded, freed when idle, and visible to their owner only."""

from time import monotonic
from typing import Protocol

from app.live import Live
from app.problems import Problem
from app.settings import Limits


class Store(Protocol):
    """Where sessions are kept."""

    def add(self, live: Live) -> None: ...
    def get(self, session_id: str) -> Live | None: ...
    def remove(self, live: Live) -> None: ...
    def of(self, owner: str) -> list[Live]: ...
    def room(self, owner: str) -> None: ...


class MemoryStore:
    """Sessions in memory alone."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._sessions: dict[str, Live] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    def add(self, live: Live) -> None:
        """Keep a session."""
        self._sessions[live.id] = live

    def get(self, session_id: str) -> Live | None:
        """The session of this id."""
        return self._sessions.get(session_id)

    def remove(self, live: Live) -> None:
        """Forget a session and end its streams."""
        self._sessions.pop(live.id, None)
        live.changed()

    def of(self, owner: str) -> list[Live]:
        """A visitor's sessions, the oldest first."""
        return [live for live in self._sessions.values() if live.owner == owner]

    def room(self, owner: str) -> None:
        """Make room for one more session of a visitor; raises a 429 problem where there is none."""
        self.free_idle()
        mine = self.of(owner)
        if len(mine) >= self.limits.sessions_per_visitor:
            idle = [live for live in mine if not _busy(live)]
            if not idle:
                raise Problem(429, f"You have {len(mine)} sessions in use, and {self.limits.sessions_per_visitor} are allowed; close a page or delete one.")
            self.remove(min(idle, key=lambda live: live.used))
        if len(self._sessions) >= self.limits.sessions:
            raise Problem(429, f"This server is full: all of its {self.limits.sessions} sessions are in use. Try again in a few minutes.")

    def free_idle(self) -> None:
        """Free what nobody has used for long; never what runs or is listened to."""
        since = monotonic() - 60 * self.limits.idle_minutes
        for live in list(self._sessions.values()):
            if live.used < since and not _busy(live):
                self.remove(live)


def _busy(live: Live) -> bool:
    return live.run is not None or bool(live.listeners)

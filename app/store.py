"""The sessions of this server: bounded in memory, put away when idle, brought back when asked for, and visible to their owner only."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from time import monotonic, time
from typing import Any

from app.book import Book
from app.keeping import Back, bring_back, unreadable
from app.keys import Keys, token
from app.ledger import Damaged, Ledger, Record
from app.live import Live
from app.problems import Problem
from app.scheduler import Scheduler, in_slices
from app.settings import Limits
from app.shares import WHOLE, Share
from engine import Rooms, Session, SessionSpec

SPARE = 60.0
"""Seconds unused after which a session gives way on a full server."""
LEFT = 5.0
"""The same of a session that was made and never asked for: whoever made it has not come back to it."""
MEGABYTE = 1_000_000


@dataclass(eq=False)
class Place:
    """What is reserved for a session that is being made or brought back; a kept one has its number in the ledger."""

    id: str
    owner: str
    number: int | None = None
    bytes: int = 0


class Store:
    """Sessions in memory, and those that are kept on disk where there is a ledger. All of it on the event loop."""

    def __init__(self, limits: Limits, scheduler: Scheduler, key: bytes, ledger: Ledger | None = None, share: Share = WHOLE) -> None:
        self.limits = limits
        self._share = share
        self._scheduler = scheduler
        self._ledger = ledger
        self._key = key
        self._rooms = Rooms()
        self._sessions: dict[str, Live] = {}
        self._places: set[Place] = set()
        self._choosing = asyncio.Lock()
        self._unasked: set[str] = set()
        self._coming: dict[str, asyncio.Task[Live]] = {}
        self._closing = False
        self.changes = 0

    def get(self, session_id: str) -> Live | None:
        """The session of this id, where it is in memory."""
        return self._sessions.get(session_id)

    def living(self) -> list[Live]:
        """Every session in memory."""
        return list(self._sessions.values())

    async def open(self, session_id: str, visitor: str | None, bearer: str | None) -> Live | None:
        """The session of this id, where these credentials open it; brought back where it is not in memory."""
        if self._closing:
            raise stopping()
        if live := self._sessions.get(session_id):
            if not live.keys.open(visitor, bearer):
                return None
            live.used = monotonic()
            self._unasked.discard(session_id)
            return live
        record = await self._find(session_id)
        if record is None or not self._keys(record.id, record.owner).open(visitor, bearer):
            return None
        return await self.bring_back(record)

    async def create(self, spec: SessionSpec, owner: str) -> Live:
        """A new session of a visitor; raises a problem where there is no room, and what the engine refuses."""
        async with self._reserved(Place(self._share.session(), owner), new=True) as place:
            if spec.data.slow:
                await asyncio.to_thread(spec.data.draw, spec.seed)
            session = await asyncio.wrap_future(self._scheduler.submit(lambda: Session(spec, asdict(self.limits), self._rooms)))
            await self._reserve(place, session.weight)
            book = Book()
            if self._ledger:
                await asyncio.wrap_future(self._ledger.make_room(self._held()))
                book = await Book.begin(self._ledger, session, spec, place.id, owner)
            live = self._sessions[place.id] = Live(session, place.id, self._keys(place.id, owner), self._scheduler, self.limits, book)
        self._unasked.add(live.id)
        self.changes += 1
        return live

    async def remove(self, live: Live) -> None:
        """Forget a session for good and end its streams."""
        self._drop(live)
        if self._ledger:
            await asyncio.wrap_future(self._ledger.forget(live.book.number))

    async def of(self, owner: str) -> list[dict[str, Any]]:
        """What there is to say of a visitor's sessions, the oldest first."""
        kept = {record.id: record for record in await self._records(owner)}
        mine = {id_: live for id_, live in self._sessions.items() if live.keys.owner == owner}
        found = []
        for id_ in dict.fromkeys((*kept, *mine)):
            if live := mine.get(id_):
                found.append({"id": id_, "position": live.session.position.json(), "parameters": live.session.parameter_count})
            else:
                update, instruction = kept[id_].place
                found.append({"id": id_, "position": {"update": update, "instruction": instruction}, "parameters": kept[id_].parameters})
        return found

    async def bring_back(self, record: Record) -> Live:
        """A kept session in memory again; whoever asks for it meanwhile waits for the same."""
        if record.id not in self._coming:
            task = self._coming[record.id] = asyncio.create_task(self._bring_back(record))
            task.add_done_callback(lambda done: (self._coming.pop(record.id), done.cancelled() or done.exception()))
        return await asyncio.shield(self._coming[record.id])

    async def resume(self) -> None:
        """Bring back the sessions that were training when the server ended; what cannot be brought back is left for whoever asks for it."""
        for record in await asyncio.wrap_future(self._ledger.training()) if self._ledger else []:
            if record.id not in self._sessions:
                await asyncio.gather(self.bring_back(record), return_exceptions=True)

    async def free_idle(self) -> None:
        """Put away, or without a ledger free, what nobody has used for long; never what runs or is listened to. What is kept too long is deleted."""
        for idle in _idle(self._sessions.values(), 60 * self.limits.idle_minutes):
            await self._put_away(idle)
        if self._ledger:
            for live in list(self._sessions.values()):
                await self._mark(live, open_=True)
            await asyncio.wrap_future(self._ledger.tidy(time() - 3600 * self.limits.kept_hours, self._held()))

    def close(self) -> None:
        """End every stream; the sessions are kept, where there is a ledger."""
        self._closing = True
        for live in self._sessions.values():
            live.end(stopping())

    async def finish(self) -> None:
        """Save everything that has changed, and let the file go."""
        self.close()
        if self._ledger:
            for live in list(self._sessions.values()):
                await asyncio.gather(self._save(live), return_exceptions=True)
            await asyncio.to_thread(self._ledger.close)

    async def _bring_back(self, record: Record) -> Live:
        assert self._ledger is not None
        place = Place(record.id, record.owner, record.number, max(record.numbers, self.limits.snapshots))
        async with self._reserved(place):
            try:
                kept = await asyncio.wrap_future(self._ledger.load(record.number))
            except Damaged as error:
                raise unreadable(error) from error
            back: Back = await asyncio.wrap_future(self._scheduler.submit(in_slices(lambda: bring_back(record, kept, self.limits, self._rooms))))
            book = Book(self._ledger, record.number, kept.given, len(kept.state or b""))
            live = Live(back.session, record.id, self._keys(record.id, record.owner), self._scheduler, self.limits, book)
            live.said = back.said
            if back.anew:
                await self._save(live, always=True)
            self._sessions[record.id] = live
        self.changes += 1
        if back.run:
            await live.resume(back.run)
        await self._mark(live, open_=True)
        return live

    async def _put_away(self, live: Live) -> bool:
        """Let a session leave memory; False where it could not be saved, or has been used meanwhile."""
        if self._ledger is None:
            await self.remove(live)
            return True
        before = live.used
        await asyncio.gather(self._save(live), return_exceptions=True)
        if live.book.trouble or live.used != before or not live.idle:
            return False
        self._drop(live)
        await self._mark(live, open_=False)
        return True

    def _drop(self, live: Live) -> None:
        self._sessions.pop(live.id, None)
        self._unasked.discard(live.id)
        self.changes += 1
        live.end()

    async def _save(self, live: Live, *, always: bool = False) -> None:
        if live.book.changed or always:
            await asyncio.wrap_future(await asyncio.wrap_future(self._scheduler.submit(lambda: live.book.save(live.session, live.told()))))

    async def _mark(self, live: Live, *, open_: bool) -> None:
        """Note where a session is and when it was used; on a full disk that can wait."""
        if self._ledger:
            await asyncio.gather(asyncio.wrap_future(self._ledger.mark(live.book.number, open_=open_, used=_when(live))), return_exceptions=True)

    @asynccontextmanager
    async def _reserved(self, place: Place, *, new: bool = False) -> AsyncIterator[Place]:
        """A place that is given back when its session is there, or has failed; raises a 429 problem where there is none."""
        try:
            await self._reserve(place, place.bytes, new=new)
            yield place
        finally:
            self._places.discard(place)

    async def _reserve(self, place: Place, size: int, *, new: bool = False) -> None:
        """Hold a place for a session of so many bytes, one after the other; who is idle makes room. Raises a 413 or 429 problem."""
        if size > MEGABYTE * self.limits.memory:
            needs = f"This session may come to take {size / MEGABYTE:,.0f} MB, and the server has {self.limits.memory:,} MB for all of its sessions"
            raise Problem(413, f"{needs}; choose a smaller network, batch or dataset.")
        async with self._choosing:
            if new:
                await self._room_of(place.owner)
            full = self._full(place, size)
            for idle in self._spare() if full else []:
                await self._put_away(idle)
                if not (full := self._full(place, size)):
                    break
            if full:
                raise Problem(429, "This server is full: all of its sessions are in use. Try again in a few minutes.", {"retry-after": "60"})
            place.bytes = size
            self._places.add(place)

    async def _room_of(self, owner: str) -> None:
        """Make room for one more session of a visitor; raises a 429 problem where there is none."""
        records = await self._records(owner)
        coming = {place.id for place in self._places if place.owner == owner}
        mine = [live for live in self._sessions.values() if live.keys.owner == owner and live.id not in coming]
        away = [record for record in records if record.id not in self._sessions and record.id not in coming]
        used, allowed = len(mine) + len(coming), self.limits.sessions_per_visitor
        if used + len(away) >= allowed:
            if away and self._ledger:
                await asyncio.wrap_future(self._ledger.forget(min(away, key=lambda record: record.used).number))
            elif idle := _idle(mine, 0.0):
                await self.remove(idle[0])
            else:
                raise Problem(429, f"You have {used} sessions in use, and {allowed} are allowed; close a page or delete one.", {"retry-after": "60"})

    def _spare(self) -> list[Live]:
        """Who gives way on a full server: first what was made and left, then what nobody has used for long."""
        left = _idle((self._sessions[id_] for id_ in self._unasked), LEFT)
        return [*left, *(idle for idle in _idle(self._sessions.values(), SPARE) if idle not in left)]

    def _full(self, place: Place, size: int) -> bool:
        """Whether a session of so many bytes has no room beside the others, those with a reserved place among them."""
        others = self._places - {place}
        taken = sum(live.session.weight for live in self._sessions.values()) + sum(other.bytes for other in others)
        return len(self._sessions) + len(others) >= self.limits.sessions or taken + size > MEGABYTE * self.limits.memory

    def _held(self) -> set[int]:
        """The numbers of the sessions in memory, and of those on their way there."""
        return {live.book.number for live in self._sessions.values()} | {place.number for place in self._places if place.number is not None}

    def _keys(self, id_: str, owner: str) -> Keys:
        return Keys(owner, token(self._key, id_))

    async def _find(self, session_id: str) -> Record | None:
        return await asyncio.wrap_future(self._ledger.find(session_id)) if self._ledger else None

    async def _records(self, owner: str) -> list[Record]:
        return await asyncio.wrap_future(self._ledger.of(owner)) if self._ledger else []


def _idle(sessions: Iterable[Live], unused: float) -> list[Live]:
    """Those that nobody has used for so many seconds, the one unused for longest first."""
    since = monotonic() - unused
    return sorted((live for live in sessions if live.idle and live.used <= since), key=lambda live: live.used)


def _when(live: Live) -> float:
    """When a session was last used, by the clock on the wall."""
    return time() - (monotonic() - live.used)


def stopping() -> Problem:
    """What is said while the server comes to its end."""
    return Problem(503, "This server is being stopped; sessions that it keeps are there again when it is started.", {"retry-after": "2"})

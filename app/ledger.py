"""Sessions on disk: the spec, the last saved state, and every order since. One SQLite file for each process that serves.

An order is one row, committed by the compute thread before it is done (12 µs). A state is written by the ledger's own thread, in pieces of 256 KB, each a
transaction, so that no order waits for long; only when all of it is there does it take the place of the one before, and of the orders that it holds already.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import IO, Any, TypeVar

from app.lock import locked
from app.schema import Stuck, fault, if_possible, prepare, unusable
from engine import Written

FILE = "sessions.sqlite3"
PIECE = 256 * 1024
SPARE = 0.9
"""The share of the file's room beyond which a new session takes the place of the one that was not used for longest."""
WAIT = 5.0
"""Seconds that the ledger's own thread waits for somebody else's transaction."""
PATIENCE = 0.4
"""Seconds that an order waits, and everybody with it: the compute thread stands still. Its own thread takes 0.15 s at the most, measured."""
HURRY = 0.02
"""Seconds that an order waits after one that waited in vain, until one is written again."""
VACUUM = 250
"""Pages given back to the disk in one transaction; an order waits for it."""
Answer = TypeVar("Answer")


def file_of(worker: int) -> str:
    """The name of a worker's file; the first has the server's, with the key in it."""
    return f"sessions-{worker + 1}.sqlite3" if worker else FILE


@dataclass(frozen=True)
class Record:
    """What is kept of a session, but for its state: `open` is whether it was in a server's memory when that ended, `told` what the app adds to it,
    and `last` the last order since its state was saved."""

    number: int
    id: str
    owner: str
    parameters: int
    numbers: int
    fingerprint: str
    used: float
    told: dict[str, Any]
    last: dict[str, Any] | None
    open: bool

    @property
    def place(self) -> tuple[int, int]:
        """Where its last order or its saved state has it."""
        found = (self.last.get("to") or self.last["at"]) if self.last else self.told.get("position", (0, 0))
        return found[0], found[1]


@dataclass(frozen=True)
class Kept:
    """What a session is brought back from: its spec, its state where one was saved, and the orders since then; `given` is the number of the last order."""

    spec: str
    state: bytes | None
    orders: list[dict[str, Any]]
    given: int


class Damaged(Exception):
    """A session whose saved state is not what was written."""


class Ledger:
    """The file. `note` is called on the compute thread; everything else runs on the ledger's own thread and is awaited."""

    def __init__(self, folder: Path, most: int, worker: int = 0, lock: IO[bytes] | None = None) -> None:
        """Open or make a worker's file in a folder, which is locked unless that was done; raises Unusable. It may grow to about `most` bytes."""
        self.path = folder / file_of(worker)
        self._lock = lock or locked(folder)
        try:
            prepare(self.path)
            os.chmod(self.path, 0o600)
            self._orders, self._rest = self._connect(most, PATIENCE), self._connect(most, WAIT)
            self._orders.execute("PRAGMA wal_autocheckpoint = 0")
            self.key: bytes = self._rest.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()[0]
            with if_possible():
                _drop_pieces(self._orders, "save IS NOT (SELECT save FROM sessions WHERE sessions.number = pieces.session)", ())
                self._orders.execute("DELETE FROM orders WHERE session NOT IN (SELECT number FROM sessions)")
        except sqlite3.Error as error:
            self._lock.close()
            raise unusable(self.path, error) from error
        except BaseException:
            self._lock.close()
            raise
        self._hurried = False
        self._thread = ThreadPoolExecutor(1, "ledger")

    def note(self, session: int, number: int, order: dict[str, Any]) -> None:
        """Write an order down; raises sqlite3.Error where it could not be, and then it is not there."""
        try:
            self._orders.execute("INSERT INTO orders VALUES (?, ?, ?)", (session, number, json.dumps(order, separators=(",", ":"))))
        except sqlite3.Error as error:
            if fault(error) == "locked":
                self._hurry(hurried=True)
            raise
        if self._hurried:
            self._hurry(hurried=False)

    def add(self, id_: str, owner: str, spec: str, fingerprint: str, parameters: int, numbers: int) -> "Future[int]":
        """Keep a new session; the answer is its number."""

        def insert(db: sqlite3.Connection) -> int:
            values = (id_, owner, spec, fingerprint, parameters, numbers, time())
            columns = "id, owner, spec, fingerprint, parameters, numbers, used, open"
            return int(db.execute(f"INSERT INTO sessions ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, 1)", values).lastrowid or 0)

        return self._do(insert)

    def save(self, number: int, state: Written, through: int, told: dict[str, Any], fingerprint: str) -> "Future[None]":
        """Keep a state that has all orders up to `through` in it, in the place of the one before and of these orders."""

        def write(db: sqlite3.Connection) -> None:
            before = db.execute("SELECT save FROM sessions WHERE number = ?", (number,)).fetchone()
            if before is None:
                return
            save = (before[0] or 0) + 1
            _drop_pieces(db, "session = ? AND save IS NOT ?", (number, before[0]))
            for place, piece in enumerate(state.pieces(PIECE)):
                db.execute("INSERT INTO pieces VALUES (?, ?, ?, ?, ?)", (number, save, place, zlib.crc32(piece), piece))
            with _transaction(db):
                row = (save, through, json.dumps(told), fingerprint, time(), number)
                db.execute("UPDATE sessions SET save = ?, through = ?, told = ?, fingerprint = ?, used = ? WHERE number = ?", row)
                db.execute("DELETE FROM orders WHERE session = ? AND number <= ?", (number, through))
            _drop_pieces(db, "session = ? AND save != ?", (number, save))

        return self._do(write)

    def load(self, number: int) -> "Future[Kept]":
        """What a session is brought back from; raises Damaged."""

        def read(db: sqlite3.Connection) -> Kept:
            spec, told, save, through = db.execute("SELECT spec, told, save, through FROM sessions WHERE number = ?", (number,)).fetchone()
            pieces = db.execute("SELECT place, checksum, content FROM pieces WHERE session = ? AND save IS ? ORDER BY place", (number, save)).fetchall()
            if any(zlib.crc32(content) != checksum or place != turn for turn, (place, checksum, content) in enumerate(pieces)) or (save and not pieces):
                raise Damaged("its state is not what was written")
            rows = db.execute("SELECT number, told FROM orders WHERE session = ? AND number > ? ORDER BY number", (number, through)).fetchall()
            state = b"".join(content for _, _, content in pieces) if save else None
            orders = [order for _, each in rows if (order := _told(each))]
            if len(orders) < len(rows) or _told(told) is None:
                raise Damaged("what it did is not what was written")
            return Kept(spec, state, orders, rows[-1][0] if rows else through)

        return self._do(read)

    def find(self, id_: str) -> "Future[Record | None]":
        """The record of a session."""
        return self._do(lambda db: next(_records(db, "WHERE id = ?", (id_,)), None))

    def of(self, owner: str) -> "Future[list[Record]]":
        """A visitor's sessions, the oldest first."""
        return self._do(lambda db: list(_records(db, "WHERE owner = ? ORDER BY number", (owner,))))

    def training(self) -> "Future[list[Record]]":
        """The sessions that were in memory when the server ended, and may have been training."""
        begun = 'EXISTS (SELECT 1 FROM orders WHERE session = sessions.number AND told LIKE \'{"do":"run"%\')'
        return self._do(lambda db: [*_records(db, f"WHERE open AND (told LIKE '%\"run\": {{%' OR {begun})", ())])

    def mark(self, number: int, *, open_: bool, used: float) -> "Future[None]":
        """Say whether a session is in memory, and when it was last used."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("UPDATE sessions SET open = ?, used = ? WHERE number = ?", (open_, used, number))

        return self._do(write)

    def forget(self, number: int) -> "Future[None]":
        """Delete a session for good, also on a full disk where SQLite finds room for that in its own files; else raises Stuck."""

        def delete(db: sqlite3.Connection) -> None:
            try:
                _delete(db, [number])
            except sqlite3.Error as error:
                if fault(error) != "full":
                    raise
                with if_possible():
                    db.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
                try:
                    _delete(db, [number])
                except sqlite3.Error as still:
                    raise Stuck(*still.args) from still
                with if_possible():
                    _give_back(db)

        return self._do(delete)

    def tidy(self, before: float, but: Collection[int]) -> "Future[int]":
        """Delete what was last used before a time, but for some; give room back to the disk. The answer is how many were deleted."""

        def sweep(db: sqlite3.Connection) -> int:
            old = [number for (number,) in db.execute("SELECT number FROM sessions WHERE used < ?", (before,)) if number not in but]
            _delete(db, old)
            _give_back(db)
            return len(old)

        return self._do(sweep)

    def make_room(self, but: Collection[int]) -> "Future[None]":
        """Delete what was not used for longest, but for some, until a tenth of the file is free."""

        def spare(db: sqlite3.Connection) -> None:
            oldest = [number for (number,) in db.execute("SELECT number FROM sessions ORDER BY used") if number not in but] if _filled(db) > SPARE else []
            for number in oldest:
                if _filled(db) > SPARE:
                    _delete(db, [number])

        return self._do(spare)

    def close(self) -> None:
        """Finish what is being written, and let the file go."""
        self._thread.shutdown()
        for connection in (self._orders, self._rest):
            connection.close()
        self._lock.close()

    def _do(self, job: Callable[[sqlite3.Connection], Answer]) -> "Future[Answer]":
        return self._thread.submit(lambda: job(self._rest))

    def _hurry(self, *, hurried: bool) -> None:
        self._hurried = hurried
        self._orders.execute(f"PRAGMA busy_timeout = {int(1000 * (HURRY if hurried else PATIENCE))}")

    def _connect(self, most: int, wait: float) -> sqlite3.Connection:
        made = sqlite3.connect(self.path, wait, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA synchronous = NORMAL")
        made.execute(f"PRAGMA journal_size_limit = {64 * PIECE}")
        size = made.execute("PRAGMA page_size").fetchone()[0]
        made.execute(f"PRAGMA max_page_count = {max(most // size, 1)}")
        return made


def _records(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> Iterator[Record]:
    last = "(SELECT told FROM orders WHERE session = sessions.number ORDER BY number DESC LIMIT 1)"
    columns = f"number, id, owner, parameters, numbers, fingerprint, used, told, {last}, open"
    for number, id_, owner, parameters, numbers, fingerprint, used, told, order, open_ in db.execute(f"SELECT {columns} FROM sessions {where}", values):
        yield Record(number, id_, owner, parameters, numbers, fingerprint, used, _told(told) or {}, _told(order or "null"), bool(open_))


def _told(text: str) -> dict[str, Any] | None:
    """An object that was written down; nothing where it is damaged, which is said when the session is loaded: a list of sessions is still one."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _filled(db: sqlite3.Connection) -> float:
    """The share of the file's room that is taken."""
    pages, free, most = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "max_page_count"))
    return float((pages - free) / most)


def _delete(db: sqlite3.Connection, numbers: list[int]) -> None:
    for number in numbers:
        with _transaction(db):
            db.execute("DELETE FROM sessions WHERE number = ?", (number,))
            db.execute("DELETE FROM orders WHERE session = ?", (number,))
        _drop_pieces(db, "session = ?", (number,))


def _give_back(db: sqlite3.Connection) -> None:
    """Give room back to the disk."""
    for _ in range(4000 // VACUUM):
        db.execute(f"PRAGMA incremental_vacuum({VACUUM})").fetchall()
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def _drop_pieces(db: sqlite3.Connection, where: str, values: tuple[object, ...]) -> None:
    """Delete pieces one by one, so that nobody waits for all of them."""
    for (row,) in db.execute(f"SELECT rowid FROM pieces WHERE {where}", values).fetchall():
        db.execute("DELETE FROM pieces WHERE rowid = ?", (row,))


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise

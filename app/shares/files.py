"""The sessions' rows, moved to the file of the worker that has their owner: at the start, before any worker, under the lock on the folder.

What is moved is first in both files and only then in the new one alone, each on the disk before the next. So whenever that is cut short nothing is lost, and
the next start goes on: of a session that is found where it belongs, every other copy is deleted.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from app.ledger import FILE, file_of
from app.schema import Unusable, fault, prepare
from app.shares import Share

NAMED = re.compile(r"sessions-(\d+)\.sqlite3")
ALL = "session = ? AND save IS (SELECT save FROM old.sessions WHERE number = ?)"
COLUMNS = "id, owner, spec, fingerprint, parameters, numbers, used, told, save, through, open"


def share_out(folder: Path, count: int) -> tuple[bytes, dict[str, int]]:
    """Give each of so many workers the sessions of its visitors; the server's key, and the sessions that are astray. Raises Unusable."""
    others = sorted(int(found[1]) - 1 for path in folder.iterdir() if (found := NAMED.fullmatch(path.name)))
    files = [folder / file_of(worker) for worker in sorted({*range(count), *others})]
    for path in files:
        prepare(path)
        path.chmod(0o600)
    share = Share(count=count)
    try:
        for path in files:
            _move(path, share)
        for worker in others:
            if worker >= count:
                _remove(folder / file_of(worker))
        astray = {id_: share.of_owner(owner) for path in files[:count] for id_, owner in _sessions(path) if share.of_session(id_) != share.of_owner(owner)}
        with closing(sqlite3.connect(folder / FILE)) as first:
            return first.execute("SELECT value FROM facts WHERE name = 'key'").fetchone()[0], astray
    except sqlite3.Error as error:
        kind = fault(error)
        reason = {"full": "the disk is full", "locked": "another program holds one of their files"}.get(kind, str(error))
        rest = "None of them is lost; start it again when that is put right."
        if kind in ("damaged", "other"):
            rest = "Nothing more was changed. Make a copy of the directory before anything else; --data chooses another one."
        raise Unusable(f"The sessions in {folder} could not be shared out between {count} workers: {reason}. {rest}") from error


def divided(folder: Path) -> bool:
    """Whether there are files of more workers than one."""
    return any(NAMED.fullmatch(path.name) for path in folder.iterdir())


def _move(path: Path, share: Share) -> None:
    """Move to other files what of a file belongs there."""
    leaving: dict[int, list[tuple[int, str]]] = {}
    here = [worker for worker in range(share.count) if path == path.parent / file_of(worker)]
    with closing(sqlite3.connect(path)) as db:
        for number, id_, owner in db.execute("SELECT number, id, owner FROM sessions ORDER BY number"):
            if (worker := share.of_owner(owner)) not in here:
                leaving.setdefault(worker, []).append((number, id_))
    for worker, sessions in leaving.items():
        _copy(path, path.parent / file_of(worker), sessions)
        _delete(path, [number for number, _ in sessions])


def _copy(old: Path, new: Path, sessions: list[tuple[int, str]]) -> None:
    with closing(_durable(new)) as db:
        db.execute("ATTACH ? AS old", (str(old),))
        db.execute("BEGIN IMMEDIATE")
        for number, id_ in sessions:
            if db.execute("SELECT 1 FROM main.sessions WHERE id = ?", (id_,)).fetchone():
                continue
            made = db.execute(f"INSERT INTO main.sessions ({COLUMNS}) SELECT {COLUMNS} FROM old.sessions WHERE number = ?", (number,)).lastrowid
            pieces = f"SELECT ?, save, place, checksum, content FROM old.pieces WHERE {ALL}"
            db.execute(f"INSERT INTO main.pieces {pieces}", (made, number, number))
            db.execute("INSERT INTO main.orders SELECT ?, number, told FROM old.orders WHERE session = ?", (made, number))
        db.execute("COMMIT")


def _delete(path: Path, numbers: list[int]) -> None:
    with closing(_durable(path)) as db:
        db.execute("BEGIN IMMEDIATE")
        for table, column in (("pieces", "session"), ("orders", "session"), ("sessions", "number")):
            db.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(number,) for number in numbers])
        db.execute("COMMIT")


def _durable(path: Path) -> sqlite3.Connection:
    """A connection of which each transaction is on the disk when it is done."""
    made = sqlite3.connect(path, isolation_level=None)
    made.execute("PRAGMA synchronous = FULL")
    return made


def _remove(path: Path) -> None:
    """Delete a file that holds no session any more; SQLite's own files beside it go when it is closed."""
    with closing(sqlite3.connect(path)) as db:
        if db.execute("SELECT count(*) FROM sessions").fetchone()[0]:
            return
        db.execute("PRAGMA journal_mode = DELETE")
    path.unlink()


def _sessions(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT id, owner FROM sessions").fetchall()

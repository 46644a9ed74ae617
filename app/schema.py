"""The file in which sessions are kept: its tables, what older ones lack, and what is said of a file that cannot be used."""

import logging
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

APPLICATION = 0x42504C53
"""What SQLite's own header says of whose file it is: BPLS."""
STEPS = (
    """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE sessions (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, spec TEXT NOT NULL, fingerprint TEXT NOT NULL,
        parameters INTEGER NOT NULL, numbers INTEGER NOT NULL, used REAL NOT NULL, told TEXT NOT NULL DEFAULT '{}',
        save INTEGER, through INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE pieces (
        session INTEGER NOT NULL, save INTEGER NOT NULL, place INTEGER NOT NULL, checksum INTEGER NOT NULL, content BLOB NOT NULL,
        PRIMARY KEY (session, save, place)
    );
    CREATE TABLE orders (session INTEGER NOT NULL, number INTEGER NOT NULL, told TEXT NOT NULL, PRIMARY KEY (session, number)) WITHOUT ROWID;
    """,
    """
    CREATE INDEX sessions_of ON sessions (owner);
    ALTER TABLE sessions ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
    """,
)
"""How to come from each version of the schema to the next; a new file goes through them all."""
VERSION = len(STEPS)


WAIT = 1.0
"""Seconds that the start waits for another program that holds the file."""
FAULTS: dict[str, "Fault"] = {
    "SQLITE_FULL": "full", "SQLITE_IOERR_WRITE": "full", "SQLITE_IOERR_SHMSIZE": "full", "SQLITE_IOERR_TRUNCATE": "full",
    "SQLITE_BUSY": "locked", "SQLITE_LOCKED": "locked", "SQLITE_READONLY": "closed", "SQLITE_CANTOPEN": "closed",
    "SQLITE_CORRUPT": "damaged", "SQLITE_NOTADB": "damaged",
}  # fmt: skip
"""By the beginning of SQLite's name for an error. A quota, and a limit to the size of files, are told apart from a full disk by the first two only."""
Fault = Literal["full", "locked", "closed", "damaged", "other"]
log = logging.getLogger("app")


class Unusable(Exception):
    """A place where sessions cannot be kept; the message says why and what to do."""


class Stuck(sqlite3.OperationalError):
    """A disk so full that not even a deletion can be written down."""


def fault(error: BaseException) -> Fault:
    """What is the matter where SQLite refuses something."""
    name = getattr(error, "sqlite_errorname", "SQLITE_FULL" if "full" in str(error) else "")
    return next((kind for beginning, kind in FAULTS.items() if name.startswith(beginning)), "other")


def unusable(path: Path, error: sqlite3.Error) -> Unusable:
    """What is said of a file that could not be opened or read at the start."""
    aside = _aside(path)
    match fault(error):
        case "full":
            return Unusable(f"Sessions cannot be kept in {path}: the disk is full, or a limit to its use is reached. Free some space. {aside}")
        case "locked":
            return Unusable(f"Sessions cannot be kept in {path} at present: another program holds it, a backup perhaps. Start again when that is done. {aside}")
        case "closed":
            return Unusable(f"Sessions cannot be kept in {path}: it cannot be written ({error}). {aside}")
    return Unusable(f"{path} is damaged, or no file of Backprop Lab ({error}). {aside}")


@contextmanager
def if_possible() -> Iterator[None]:
    """What can wait for another time where the disk is full or somebody else holds the file."""
    try:
        yield
    except sqlite3.Error as error:
        if fault(error) not in ("full", "locked"):
            raise


def prepare(path: Path) -> None:
    """Make the file, or bring an older one up to date, once all of it was found readable; raises Unusable, and then nothing in it was changed."""
    new = not path.exists()
    try:
        version = _version(path)
        with closing(sqlite3.connect(path, WAIT, isolation_level=None)) as connection:
            if version is None:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            if version != VERSION:
                _migrate(connection, version or 0)
    except sqlite3.Error as error:
        for end in ("", "-wal", "-shm", "-journal") if new else ():
            path.with_name(path.name + end).unlink(missing_ok=True)
        raise unusable(path, error) from error


def _version(path: Path) -> int | None:
    """The version of the file's schema, nothing where there is nothing in it yet; raises Unusable for what is no sound file of ours.

    Only read: on closing, SQLite would else put into a damaged file what waits beside it.
    """
    beside, journal = (path.with_name(path.name + end) for end in ("-wal", "-journal"))
    size = path.stat().st_size if path.exists() else None
    if not size and beside.exists() and beside.stat().st_size:
        raise Unusable(f"{path} is empty or gone, and {beside.name} beside it holds what was to be written there. Put it back from a copy. {_aside(path)}")
    if not size:
        if size == 0:
            log.warning("%s was empty: no session is kept there yet.", path)
        return None
    mode = "rw" if journal.exists() else "ro"
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", WAIT, uri=True, isolation_level=None)) as connection:
        application, version = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION and not empty:
            raise Unusable(f"{path} is a database of another program. {_aside(path)}")
        if version > VERSION:
            known = f"its form is {version}, and this one knows {VERSION}"
            raise Unusable(f"{path} was written by a newer Backprop Lab: {known}. Start the newer one. {_aside(path)}")
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(" ".join(found.split()))
        if empty:
            return None
        connection.execute("SELECT 1 FROM sessions, pieces, orders LIMIT 0")
        if not connection.execute("SELECT 1 FROM facts WHERE name = 'key' AND typeof(value) = 'blob' AND length(value) = 32").fetchone():
            raise sqlite3.DatabaseError("its key is missing")
        return int(version)


def _aside(path: Path) -> str:
    return f"Move it away, or choose another directory with --data; --data none keeps sessions in memory only. Nothing in {path} was changed."


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    """All steps or none of them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in STEPS[version:]:
            for statement in filter(str.strip, step.split(";")):
                connection.execute(statement)
        if version == 0:
            connection.execute("INSERT INTO facts VALUES ('key', ?)", (secrets.token_bytes(32),))
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise

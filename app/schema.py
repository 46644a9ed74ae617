"""The file in which sessions are kept: its tables, what older ones lack, and what is said of a file that cannot be used."""

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

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


class Unusable(Exception):
    """A place where sessions cannot be kept; the message says why and what to do."""


def prepare(path: Path) -> None:
    """Make the file, or bring an older one up to date; raises Unusable, and then nothing in it was changed."""
    aside = f"Move it away, or choose another directory with --data; --data none keeps sessions in memory only. Nothing in {path} was changed."
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            application, version = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
            empty = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if application != APPLICATION and not empty:
                raise Unusable(f"{path} is a database of another program. {aside}")
            if version > VERSION:
                raise Unusable(f"{path} was written by a newer Backprop Lab: its form is {version}, and this one knows {VERSION}. Start the newer one. {aside}")
            if empty:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, version if not empty else 0)
    except sqlite3.DatabaseError as error:
        if "readonly" in str(error) or "unable to open" in str(error):
            raise Unusable(f"Sessions cannot be kept in {path}: it cannot be written ({error}). {aside}") from error
        if "full" in str(error):
            raise Unusable(f"Sessions cannot be kept in {path}: the disk is full. Free some space. {aside}") from error
        raise Unusable(f"{path} is damaged, or no file of Backprop Lab ({error}). {aside}") from error


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
        connection.execute("ROLLBACK")
        raise

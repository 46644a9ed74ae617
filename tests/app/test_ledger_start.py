"""The file that sessions are kept in, at the start: what is none of ours, spoiled, older, empty or held by another program; and nothing in it is lost."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app import schema
from app.ledger import FILE, Ledger
from app.lock import sign
from app.schema import APPLICATION, STEPS, VERSION, Unusable
from app.settings import Limits
from app.shares.files import share_out
from tests.app.conftest import keeping
from tests.app.test_ledger import COMMANDS, create, give, look


def opened(folder: Path) -> None:
    """Open the ledger of a folder and let it go."""
    Ledger(folder, Limits().kept).close()


def other_program(folder: Path) -> None:
    with sqlite3.connect(folder / FILE) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")


def no_database(folder: Path) -> None:
    (folder / FILE).write_bytes(b"Dear diary, " * 1000)


def newer(folder: Path) -> None:
    opened(folder)
    with sqlite3.connect(folder / FILE) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")


def kept(folder: Path) -> Path:
    """The file of a server that was killed with sessions in it, and with what had still to be written there beside it."""
    before = folder / "before"
    with keeping(before) as client:
        for _ in range(5):
            give(client, create(client), COMMANDS)
        for path in before.glob(f"{FILE}*"):
            shutil.copy(path, folder)
    shutil.copy(before / FILE, folder / FILE)
    return folder / FILE


def overwritten(folder: Path) -> None:
    with open(kept(folder), "r+b") as file:
        file.seek(2 * 4096)
        file.write(os.urandom(7 * 4096))


def headless(folder: Path) -> None:
    with open(kept(folder), "r+b") as file:
        for page in range(1, os.fstat(file.fileno()).st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 8)


def cut(folder: Path) -> None:
    os.truncate(kept(folder), 5 * 4096)


def emptied(folder: Path) -> None:
    (folder / f"{FILE}-wal").write_bytes(b"what was to be written")
    (folder / FILE).touch()


def keyless(folder: Path) -> None:
    opened(folder)
    with sqlite3.connect(folder / FILE) as db:
        db.execute("DELETE FROM facts")


def tableless(folder: Path) -> None:
    opened(folder)
    with sqlite3.connect(folder / FILE) as db:
        db.execute("DROP TABLE pieces")


SPOILED: dict[Callable[[Path], None], str] = {
    other_program: "another program",
    no_database: "is damaged",
    newer: "newer Backprop Lab",
    overwritten: "is damaged",
    headless: "is damaged",
    cut: "is damaged",
    emptied: "is empty or gone",
    keyless: "is damaged.*key",
    tableless: "is damaged.*pieces",
}


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    """And so is what lies beside it; by one process that serves and by several."""
    spoil(tmp_path)
    files = [path for path in (tmp_path / FILE, tmp_path / f"{FILE}-wal") if path.exists() and path.stat().st_size]
    before = [path.read_bytes() for path in files]
    for start in (opened, lambda folder: share_out(folder, 2)):
        with pytest.raises(Unusable, match=f"(?s){SPOILED[spoil]}.*--data.*was changed"):
            start(tmp_path)
        assert [path.read_bytes() for path in files] == before


def test_a_file_with_nothing_in_it_is_begun_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).touch()
    opened(tmp_path)
    assert "was empty: no session is kept there yet" in caplog.text


def test_a_disk_that_fills_while_an_older_file_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has then taken everything back itself; with space again, it is done. Of a new file nothing is left."""
    with monkeypatch.context() as patched:
        patched.setattr(schema, "STEPS", STEPS[:1])
        patched.setattr(schema, "VERSION", 1)
        opened(tmp_path)
    with monkeypatch.context() as patched:
        large = "PRAGMA max_page_count = 20; CREATE TABLE large (content); INSERT INTO large VALUES (zeroblob(1000000))"
        patched.setattr(schema, "STEPS", (STEPS[0], f"{STEPS[1]}; {large}"))
        for start in (opened, lambda folder: share_out(folder, 2)):
            with pytest.raises(Unusable, match=r"(?s)the disk is full.*was changed"):
                start(tmp_path)
        with pytest.raises(Unusable, match="the disk is full"):
            opened(tmp_path / "new")
        assert not [*tmp_path.glob("new/*.sqlite3*")]
    opened(tmp_path)


def test_a_file_that_another_program_holds_is_not_called_damaged(tmp_path: Path) -> None:
    """Held against readers, it is said at the start; held against writers only, as by a backup, the start does without its tidying."""
    opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        opened(tmp_path)
        other.execute("ROLLBACK")
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unusable, match=r"(?s)another program holds it.*Start again"):
            opened(tmp_path)
    opened(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
def test_a_lock_that_cannot_be_signed_is_said() -> None:
    """And it can still be closed."""
    with open("/dev/full", "ab", buffering=0) as lock, pytest.raises(Unusable, match=r"(?s)cannot be written.*No space left"):
        sign(lock)


def test_an_older_file_is_brought_up_to_date(tmp_path: Path) -> None:
    """With everything in it: the sessions of a server of before are there."""
    with keeping(tmp_path) as client:
        at = create(client)
        give(client, at, COMMANDS)
        before = look(client, at)
    with sqlite3.connect(tmp_path / FILE) as now, sqlite3.connect(tmp_path / "older") as older:
        for statement in filter(str.strip, STEPS[0].split(";")):
            older.execute(statement)
        for table in ("facts", "sessions", "pieces", "orders"):
            columns = ", ".join(row[1] for row in older.execute(f"PRAGMA table_info({table})"))
            rows = now.execute(f"SELECT {columns} FROM {table}").fetchall()
            older.executemany(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * (columns.count(',') + 1))})", rows)
        older.execute(f"PRAGMA application_id = {APPLICATION}")
        older.execute("PRAGMA user_version = 1")
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.move(tmp_path / "older", tmp_path / FILE)
    with keeping(tmp_path) as again:
        again.cookies = client.cookies
        assert look(again, at) == before
    with sqlite3.connect(tmp_path / FILE) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)

"""The lock on a folder of sessions, so that two servers never write there: the system takes it off when the last process that holds it has ended."""

import os
import sys
import time
from pathlib import Path
from typing import IO

from app.schema import Unusable

FILE = "sessions.lock"
PATIENCE = 10.0
"""Seconds for the workers of a server that was killed to finish what they were doing."""
WAY = "Choose another directory with --data; --data none keeps sessions in memory only."


def locked(folder: Path) -> IO[bytes]:
    """The lock, which lasts until it is closed here and in every process that it was given to; raises Unusable."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = open(folder / FILE, "ab", buffering=0)  # noqa: SIM115 - held until the ledger is closed
    except OSError as error:
        raise Unusable(f"Sessions cannot be kept in {folder}: it cannot be written ({error.strerror}). {WAY}") from error
    end = time.monotonic() + PATIENCE
    while not _taken(lock):
        if time.monotonic() > end or not _orphaned(folder):
            lock.close()
            way = "Stop it, give this one another directory with --data, or keep nothing with --data none."
            raise Unusable(f"Another Backprop Lab keeps its sessions in {folder}. {way}")
        time.sleep(0.05)
    return lock


def sign(lock: IO[bytes]) -> None:
    """Write down who holds it, for a server whose workers hold it too and may outlive it by a moment; raises Unusable."""
    try:
        lock.write(str(os.getpid()).encode())
    except OSError as error:
        raise Unusable(f"{lock.name} cannot be written ({error.strerror}). Free some space. {WAY} Nothing that is kept was changed.") from error


def _taken(lock: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lock.truncate(0)
    except OSError:
        return False
    return True


def _orphaned(folder: Path) -> bool:
    """Whether who signed the lock is gone, so that only its workers hold it still, and they are ending."""
    try:
        os.kill(int((folder / FILE).read_text()), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError):
        return False
    return False

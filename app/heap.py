"""Keeps the garbage collector's full sweeps short: what stays is set aside, and gone through again only when much of it has come or gone.

While it goes through all that there is, no thread runs: 180 ms where 300 sessions are, and it did so every ten seconds or so while some of them trained.
"""

import gc
from time import monotonic

SHARE = 4
"""One in so many sessions has come or gone since the last time: then all are gone through again."""
LONGEST = 300.0
"""Seconds after which they are where few have, or none: readings leave something behind too."""
EVERY = 1.0
"""Seconds between two looks."""


class Heap:
    """What is set aside of this process's memory. Nothing of it is lost: a session that has ended is freed at the next time, or by the end of its last name."""

    def __init__(self) -> None:
        self._changes = 0
        self._since = monotonic()

    def look(self, sessions: int, changes: int) -> bool:
        """Go through everything once and set aside what stays, where that is time; `changes` counts the sessions that have ever come and gone."""
        new = changes - self._changes
        if (new == 0 or SHARE * new < sessions) and monotonic() - self._since < LONGEST:
            return False
        self._changes, self._since = changes, monotonic()
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        return True

    def close(self) -> None:
        """Leave everything to the collector again."""
        gc.unfreeze()

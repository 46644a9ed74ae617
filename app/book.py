"""What is written down of one session: each order before it is done, and its state whenever enough was computed since the last time. Compute thread only."""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from app.ledger import Ledger
from app.problems import Problem, on_disk
from app.schema import fault
from engine import Order, Session, SessionSpec, fingerprint, stamped, written

LEAST = 0.25
"""Seconds of computing after which a state is saved, where it is small."""
BYTES = 2_000_000
"""Bytes of saved states for each second of computing, at the most: so a large state is saved more rarely."""
ORDERS = 500
"""Orders after which a state is saved, however little they took."""
UNSAVED = "This session cannot be saved at present, and goes on in memory: {}."
log = logging.getLogger("app")


class Book:
    """The book of a session; without a ledger nothing is written, and nothing is ever due."""

    def __init__(self, ledger: Ledger | None = None, number: int = 0, given: int = 0, size: int = 0) -> None:
        self.number = number
        self.trouble: str | None = None
        self._ledger = ledger
        self._given = given
        self._held = given
        self._spent = 0.0
        self._size = size
        self._saving = False

    @property
    def kept(self) -> bool:
        """Whether what is written here outlives the server."""
        return self._ledger is not None

    @classmethod
    async def begin(cls, ledger: Ledger, session: Session, spec: SessionSpec, id_: str, owner: str) -> "Book":
        """The book of a new session, which is kept from now on."""
        count, size, arithmetic = session.parameter_count, session.weight, json.dumps(fingerprint())
        return cls(ledger, await asyncio.wrap_future(ledger.add(id_, owner, spec.model_dump_json(), arithmetic, count, size)))

    def note(self, session: Session, order: Order) -> None:
        """Write an order down; raises a 507 or 503 problem where that is not possible: then it must not be done."""
        if self._ledger is None:
            return
        try:
            self._ledger.note(self.number, self._given + 1, stamped(session, order))
        except sqlite3.Error as error:
            raise on_disk(error) from error
        self._given += 1

    def mention(self, session: Session, order: Order) -> None:
        """Write down what has happened anyway; where that is not possible, it is said, and the next saved state has it."""
        try:
            self.note(session, order)
        except Problem:
            self._spent = float("inf")

    def spend(self, seconds: float) -> None:
        """Note that so long was computed."""
        self._spent += seconds

    def save_due(self, session: Session, told: Callable[[], dict[str, Any]]) -> bool:
        """Save the state where it is time, and no record is half made; whether it was."""
        due = self._spent >= max(LEAST, self._size / BYTES) or self._given - self._held >= ORDERS
        if self._ledger is None or not due or self._saving or session.owes:
            return False
        self.save(session, told())
        return True

    @property
    def changed(self) -> bool:
        """Whether anything happened since the last saved state."""
        return self._spent > 0 or self._given > self._held

    def save(self, session: Session, told: dict[str, Any]) -> "Future[None]":
        """Save the state, with what the app adds to it. Here it is only copied; the ledger's thread puts it together."""
        assert self._ledger is not None
        state = written(session)
        self._saving, self._spent, self._size = True, 0.0, len(state)
        given = self._given
        told = {**told, "position": session.position}
        done = self._ledger.save(self.number, state, given, told, json.dumps(fingerprint()))
        done.add_done_callback(lambda future: self._saved(future, given))
        return done

    def _saved(self, future: "Future[None]", given: int) -> None:
        """Called on the ledger's thread."""
        self._saving = False
        error = future.exception()
        if error is None:
            self._held, self.trouble = given, None
            return
        reason = {"full": "the disk of this server is full", "locked": "another program holds the file"}.get(fault(error), str(error))
        if self.trouble is None:
            log.warning("A session could not be saved: %s", reason)
        self.trouble = UNSAVED.format(reason)

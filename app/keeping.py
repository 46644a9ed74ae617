"""A session brought back from what is kept of it: its state, and the orders since, given again in slices that leave room for others."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import ValidationError

from app.ledger import Damaged, Kept, Record
from app.problems import Problem
from app.run import Run
from app.scheduler import QUANTUM
from app.settings import Limits
from engine import ASIDE, Rooms, Session, SessionSpec, Unreadable, fingerprint, from_bytes, replay

STARTED = "The server was started again, and this session goes on from where it was."
ELSEWHERE = (
    "This session was saved where the last bits of numbers come out differently, so its past could not be replayed: "
    "it goes on from what was saved, at update {}{}."
)
ASTRAY = "The last changes to this session could not be repeated: it goes on from what was saved, at update {}{}."


@dataclass(frozen=True)
class Back:
    """A session that is there again: what it was doing, what there is to say, and whether its book must be begun anew."""

    session: Session
    run: Run | None
    said: str | None
    anew: bool


def bring_back(record: Record, kept: Kept, limits: Limits, rooms: Rooms | None = None) -> Iterator[Back | None]:
    """The session, after None for each piece of the work; raises a 503 problem where what is kept cannot be read."""
    try:
        spec = SessionSpec.model_validate_json(kept.spec)
        session, exact = _saved(record, kept, spec, limits, rooms)
    except Unreadable as error:
        raise unreadable(error) from error
    except ValidationError as error:
        raise unreadable(Unreadable("its description was written by another version of this program")) from error
    run, given = record.told.get("run"), kept.orders
    if record.told.get("going"):
        given = [{"do": "go", "to": record.told["going"], "at": record.told["position"], "diverged": False}, *given]
    said = STARTED if record.open else None
    yield None
    if exact:
        try:
            for _ in replay(session, given, QUANTUM):
                yield None
            run = _after(run, given)
        except Unreadable:
            session, exact = _saved(record, kept, spec, limits, rooms)
            said = ASTRAY.format(session.position.update, _left_out(given))
            given = []
            exact = False
    else:
        said = ELSEWHERE.format(session.position.update, _left_out(given))
    yield Back(session, Run.of(run) if run else None, said, anew=not exact)


def unreadable(error: Unreadable | Damaged) -> Problem:
    """What is said of a session that cannot be brought back."""
    return Problem(503, f"This session is kept, but cannot be read: {error}. Nothing of it was changed; start another, or ask who runs this server.")


def _saved(record: Record, kept: Kept, spec: SessionSpec, limits: Limits, rooms: Rooms | None) -> tuple[Session, bool]:
    if kept.state is not None:
        return from_bytes(kept.state, spec, asdict(limits), rooms)
    return Session(spec, asdict(limits), rooms), json.loads(record.fingerprint) == fingerprint()


def _after(run: dict[str, Any] | None, orders: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The run that goes on after some orders."""
    for order in orders:
        if order["do"] not in ASIDE:
            run = order["run"] if order["do"] == "run" else None
    return run


def _left_out(orders: list[dict[str, Any]]) -> str:
    return f", without what was done in the last {len(orders)} commands" if len(orders) > 1 else ", without the last command" if orders else ""

"""Orders: what is asked of a session, as plain data that can be written down before it is done, and given again after a crash.

An order says what to `do`, the position `at` which it was given, and whether numbers had stopped being finite there. A session is deterministic, so the same
orders at the same positions make the same session; one that was refused is refused again. What was done between two orders, by a run, is done again too.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.errors import Unreadable
from engine.position import Position

if TYPE_CHECKING:
    from engine.session import Session

Order = Mapping[str, Any]


def _rename(session: "Session", order: Order) -> None:
    session.branches.rename(order["branch"], order["name"])


def _delete(session: "Session", order: Order) -> None:
    session.branches.delete(order["branch"])


CHANGES: dict[str, Callable[["Session", Order], object]] = {
    "edit": lambda session, order: session.edit(order["parameters"]),
    "configure": lambda session, order: session.configure(order["settings"]),
    "branch": lambda session, order: session.branch(order["name"], order["settings"], order["parameters"]),
    "switch": lambda session, order: session.switch(order["branch"]),
    "rename": _rename,
    "delete": _delete,
}
"""What changes a session at once. `go` moves it `to` a position and `halt` ends that early; whatever else is noted leaves it alone: a run is begun, or over."""
ASIDE = ("rename", "delete")
"""Changes of what is remembered. They may come in the middle of a run or of a long step, which go on, and mean the same anywhere."""


def stamped(session: "Session", order: Order) -> dict[str, Any]:
    """The order with where it was given."""
    return {**order, "at": session.position, "diverged": session.diverged}


def perform(session: "Session", order: Order) -> None:
    """Carry out an order that changes the session at once; raises what the engine refuses."""
    CHANGES[order["do"]](session, order)


def replay(session: "Session", orders: Sequence[Order], budget: float) -> Iterator[None]:
    """Give orders again, with a pause after each `budget` seconds; raises Unreadable where they do not belong to this session."""
    for number, order in enumerate(orders):
        if order["do"] not in ASIDE:
            yield from _reach(session, order, budget)
        if order["do"] == "go":
            following = next((each for each in orders[number + 1 :] if each["do"] not in ASIDE), None)
            yield from _go(session, order, following, budget)
        elif order["do"] in CHANGES:
            with suppress(Exception):  # whatever went wrong the first time goes wrong again, and leaves the same behind
                perform(session, order)
        yield
    session.branches.heard()


def _reach(session: "Session", order: Order, budget: float) -> Iterator[None]:
    """Run on to where an order was given, and to the fault that was met there."""
    at = Position(*order["at"])
    with suppress(Exception):
        while (session.position != at or session.owes) and not session.seek(at, budget):
            yield
        if order["diverged"] and not session.diverged:
            session.run(Position(at.update + 1, 0))
    if session.position != at:
        raise Unreadable(f"its orders do not lead to {at}, where one of them was given, but to {session.position}")


def _go(session: "Session", order: Order, following: Order | None, budget: float) -> Iterator[None]:
    goal = Position(*order["to"])
    end = Position(*following["at"]) if following and following["do"] == "halt" else goal
    with suppress(Exception):
        session.approach(goal)
        while (session.position < end or session.owes) and not session.seek(end, budget) and not session.diverged:
            yield

"""Orders given again lead to the same session, whatever came in between."""

from typing import Any

import pytest

from engine.errors import EngineError, Unreadable
from engine.orders import perform, replay, stamped
from engine.position import Position
from engine.session import Session
from tests.engine.networks import bits, make

Book = list[dict[str, Any]]


def again(orders: Book) -> Session:
    """A new session to which the orders were given, in the smallest of slices."""
    session = Session(make())
    assert all(each is None for each in replay(session, orders, 0.0))
    return session


def order(book: Book, session: Session, **told: Any) -> None:
    """Note an order and carry it out."""
    book.append(stamped(session, told))
    if told["do"] == "go":
        session.approach(told["to"])
        session.seek(told["to"])
    elif told["do"] not in ("run", "halt", "stop"):
        perform(session, told)


def same(one: Session, other: Session) -> bool:
    """Whether two sessions are at one place with the same numbers and the same past."""
    return (one.position, bits(one), one.branches.json(curves=True)) == (other.position, bits(other), other.branches.json(curves=True))


def test_a_name_given_in_the_middle_of_a_step_does_not_stop_it() -> None:
    session, book = Session(make()), Book()
    order(book, session, do="go", to=Position(30, 2))
    book.append({**stamped(session, {"do": "rename", "branch": 1, "name": "first"}), "at": Position(11, 0)})
    session.branches.rename(1, "first")
    assert same(again(book), session)


def test_a_step_that_was_stopped_ends_where_it_was_stopped() -> None:
    """Also where something was renamed meanwhile: its course has not been further."""
    session, book = Session(make()), Book()
    session.run(Position(12, 0))
    book += [{"do": "go", "to": Position(30, 2), "at": Position(0, 0), "diverged": False}]
    order(book, session, do="rename", branch=1, name="first")
    order(book, session, do="halt")
    assert same(again(book), session) and again(book).timeline.end == (12, 0)


def test_what_was_refused_is_refused_again() -> None:
    session, book = Session(make()), Book()
    order(book, session, do="go", to=Position(7, 1))
    for told in ({"do": "edit", "parameters": {"9.W": 1}}, {"do": "delete", "branch": 1}, {"do": "configure", "settings": {"learning_rate": -1}}):
        with pytest.raises(EngineError):
            order(book, session, **told)
    order(book, session, do="edit", parameters={"0.W[0,0]": 0.5})
    assert same(again(book), session)


def test_a_run_that_met_its_end_meets_it_again() -> None:
    """The first number that is not finite is found again, and what was done about it."""
    spec = make(optimizer={"kind": "sgd", "learning_rate": 300.0})
    session, book = Session(spec), Book()
    book.append(stamped(session, {"do": "run"}))
    session.run(Position(2_000, 0))
    assert session.fault
    book.append(stamped(session, {"do": "rest"}))
    back = Session(spec)
    assert all(each is None for each in replay(back, book, 0.0))
    assert same(back, session) and back.fault == session.fault


def test_orders_of_another_session_are_not_given() -> None:
    session, book = Session(make()), Book()
    order(book, session, do="go", to=Position(7, 1))
    book.append({"do": "stop", "at": Position(7, 900), "diverged": False})
    with pytest.raises(Unreadable, match="do not lead to update 7, op 900"):
        again(book)

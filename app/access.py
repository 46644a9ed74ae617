"""Who may see which session: its owner's cookie or its own token; everyone else is told that there is none."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from app.live import GONE, Live
from app.problems import Problem
from app.settings import Limits
from app.store import Store

COOKIE = "visitor"
MONTH = 30 * 24 * 3600
GUEST = "guest"
"""Where in a connection's scope the door of a class says whom it let in."""


@dataclass(frozen=True)
class Guest:
    """Who came through the door: by this cookie or by the word itself; a learner of a roster has a name, and is the same visitor everywhere."""

    cookie: str
    name: str | None = None
    visitor: str | None = None
    by_word: bool = False


def store_of(connection: HTTPConnection) -> Store:
    """The server's store."""
    store: Store = connection.app.state.store
    return store


def limits_of(connection: HTTPConnection) -> Limits:
    """The server's limits."""
    limits: Limits = connection.app.state.settings.limits
    return limits


def bearer_of(connection: HTTPConnection) -> str | None:
    """The token or the word that came, in the Authorization header or as a WebSocket subprotocol `bearer.<token>`."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    offered = connection.headers.get("sec-websocket-protocol", "")
    return next((part.strip()[len("bearer.") :] for part in offered.split(",") if part.strip().startswith("bearer.")), None)


def guest_of(connection: HTTPConnection) -> Guest | None:
    """Whom the door let in, where there is one."""
    guest: Guest | None = connection.scope.get(GUEST)
    return guest


def visitor_of(connection: HTTPConnection) -> str | None:
    """The visitor's secret that came: a learner's by the name, everybody else's by the cookie; what is none of ours is none."""
    guest = guest_of(connection)
    found = guest.visitor if guest and guest.visitor else connection.cookies.get(COOKIE)
    return found if found and 20 <= len(found) <= 64 else None


def token_of(connection: HTTPConnection) -> str | None:
    """The token that came; a word that was said at the door is none."""
    guest = guest_of(connection)
    return None if guest and guest.by_word else bearer_of(connection)


async def find(connection: HTTPConnection, session_id: str) -> Live:
    """The session that these credentials open; 404 for every other."""
    live = await store_of(connection).open(session_id, visitor_of(connection), token_of(connection))
    if live is None:
        raise Problem(404, GONE)
    return live


async def live_session(request: Request, session_id: str) -> Live:
    """The session in the path."""
    return await find(request, session_id)


def visitor(request: Request, response: Response) -> str:
    """The visitor's secret, given as a cookie on the first visit.

    Coming by a link from another site is not one, so the cookie comes along there; what changes anything, the guard holds to its origin.
    """
    if found := visitor_of(request):
        return found
    made: str = request.app.state.share.visitor()
    remember(request, response, COOKIE, made)
    return made


def remember(request: Request, response: Response, name: str, value: str, seconds: int | None = MONTH) -> None:
    """Give a cookie for so long (None: until the browser is closed) that no script reads and no other site's form brings along."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=request.url.scheme == "https")


LiveSession = Annotated[Live, Depends(live_session)]
Sessions = Annotated[Store, Depends(store_of)]
Bounds = Annotated[Limits, Depends(limits_of)]
Visitor = Annotated[str, Depends(visitor)]

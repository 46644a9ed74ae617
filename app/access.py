"""Who may see which session: its owner's cookie or its own token; everyone else is told that there is none."""

import secrets
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from app.live import GONE, Live
from app.problems import Problem
from app.settings import Limits
from app.store import Store

COOKIE = "visitor"


def store_of(connection: HTTPConnection) -> Store:
    """The server's store."""
    store: Store = connection.app.state.store
    return store


def limits_of(connection: HTTPConnection) -> Limits:
    """The server's limits."""
    limits: Limits = connection.app.state.settings.limits
    return limits


def bearer_of(connection: HTTPConnection) -> str | None:
    """The token that came, in the Authorization header or as a WebSocket subprotocol `bearer.<token>`."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token
    offered = connection.headers.get("sec-websocket-protocol", "")
    return next((part.strip()[len("bearer.") :] for part in offered.split(",") if part.strip().startswith("bearer.")), None)


async def find(connection: HTTPConnection, session_id: str) -> Live:
    """The session that these credentials open; 404 for every other."""
    live = await store_of(connection).open(session_id, connection.cookies.get(COOKIE), bearer_of(connection))
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
    found = request.cookies.get(COOKIE)
    if found and 20 <= len(found) <= 64:
        return found
    made = secrets.token_urlsafe(24)
    remember(request, response, COOKIE, made)
    return made


def remember(request: Request, response: Response, name: str, value: str) -> None:
    """Give a cookie for a month that no script reads and no other site's form brings along."""
    response.set_cookie(name, value, max_age=30 * 24 * 3600, httponly=True, samesite="lax", secure=request.url.scheme == "https")


LiveSession = Annotated[Live, Depends(live_session)]
Sessions = Annotated[Store, Depends(store_of)]
Bounds = Annotated[Limits, Depends(limits_of)]
Visitor = Annotated[str, Depends(visitor)]

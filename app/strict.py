"""Nothing unknown is passed over in silence: a query or a body that a call of the API does not take is refused, and the sentence says what it does take."""

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.problems import Problem
from app.words import clean

EMPTY = (b"", b"{}", b"null")


async def nothing_unknown(request: Request) -> None:
    """Refuse names in the query that the call does not know, and a body where it takes none."""
    route: Any = request.scope.get("route")
    if not isinstance(route, APIRoute) or not route.path.startswith("/api/"):
        return
    known = list(dict.fromkeys(_queries(route.dependant)))
    for name in request.query_params:
        if name not in known:
            there = f"there is: {', '.join(known)}" if known else "it takes none"
            raise Problem(422, f"{clean(name, 40)}: this call has no parameter of this name; {there}.")
    takes_body = route.body_field is not None or "requestBody" in (route.openapi_extra or {})
    if not takes_body and request.method not in ("GET", "HEAD") and (await request.body()).strip() not in EMPTY:
        raise Problem(422, f"{request.method} {clean(request.url.path.rsplit('/', 1)[-1], 40)} takes no body; leave it out.")


def _queries(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _queries(inner)

"""A session to take away: as code that runs elsewhere."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.access import LiveSession
from app.answer import answer

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Form = Literal["numpy", "pytorch", "keras"]


@router.get("/code")
async def code(live: LiveSession, request: Request, form: Annotated[Form, Query(description="For which library")] = "numpy") -> Response:
    """The network and its shown update as a script: text, or for Accept: application/json with what it `loads` from the export beside it."""
    found = await live.read(lambda session: session.code(form))
    if "application/json" in request.headers.get("accept", ""):
        return await answer(found)
    return Response(found["text"], media_type="text/plain; charset=utf-8", headers={"content-disposition": f'inline; filename="{found["name"]}"'})

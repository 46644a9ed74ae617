"""A session to take away: as code that runs elsewhere, and as a worksheet on paper."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app import worksheet as paper
from app.access import LiveSession
from app.answer import answer, kinds

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["reads"])
Form = Literal["numpy", "pytorch", "keras"]


@router.get("/code", response_class=Response, responses=kinds("text/plain", "application/json"))
async def code(live: LiveSession, request: Request, form: Annotated[Form, Query(description="For which library")] = "numpy") -> Response:
    """The network and its shown update as a script: text, or for Accept: application/json with what it `loads` from the export beside it."""
    found = await live.read(lambda session: session.code(form))
    if "application/json" in request.headers.get("accept", ""):
        return await answer(found)
    return Response(found["text"], media_type="text/plain; charset=utf-8", headers={"content-disposition": f'inline; filename="{found["name"]}"'})


@router.get("/worksheet", response_class=Response, responses=kinds("text/html", "text/plain", "text/markdown"))
async def worksheet(
    live: LiveSession,
    form: Annotated[paper.Form, Query(description="A page to print, or text to change")] = "html",
    blanks: Annotated[str, Query(max_length=100, description="What is left blank: any of z, a, loss, delta, gradients, weights, with commas between them")] = (
        "z,a,loss,delta,gradients,weights"
    ),
    density: Annotated[Literal["all", "some", "none"], Query(description="All of these blank, some by chance, or none")] = "all",
    digits: Annotated[int, Query(ge=2, le=8, description="Significant digits")] = 4,
    seed: Annotated[int | None, Query(ge=0, le=2**32 - 1, description="Where the chance of `some` comes from; without it, the session's seed")] = None,
    example: Annotated[int | None, Query(ge=0, le=10_000_000, description="An example's number; without it, the batch's first")] = None,
    key: Annotated[bool, Query(description="Whether the answer key follows, on a page of its own")] = True,
) -> Response:
    """One example worked through the shown update with a pencil, with blanks: a page to print, LaTeX or Markdown. Small networks only."""
    chosen = tuple(name for name in blanks.split(",") if name)
    made = await live.read(lambda session: session.worksheet(blanks=chosen, density=density, digits=digits, seed=seed, example=example))
    return await asyncio.to_thread(paper.render, made, form, key=key)

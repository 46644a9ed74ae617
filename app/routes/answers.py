"""Predict first: what the next operation computes, asked before it does, and an answer to it marked. Nothing here moves the session."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.access import Bounds, LiveSession
from app.answer import answer
from app.models import AnswerRequest
from app.problems import Problem
from app.routes.reads import Example

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["predict"])
Pinned = Annotated[
    str | None, Query(max_length=80, description="What is pinned, such as parameter:2.W[2,3]; without it, the operation's first number is asked for")
]


@router.get("/question")
async def question(live: LiveSession, pinned: Pinned = None, example: Example = None) -> Response:
    """The one number of the next operation that is to be predicted, or why there is none; its value is not in the answer."""
    return await answer(await live.read(lambda session: session.question(pinned, example)))


@router.post("/answers")
async def mark(live: LiveSession, body: AnswerRequest, limits: Bounds) -> dict[str, Any]:
    """Mark an answer to that question: right, within the tolerance, given an earlier slip, or by the mistake that gives this very number."""
    if len(body.earlier) > limits.earlier:
        raise Problem(413, f"{limits.earlier} earlier answers are taken, and {len(body.earlier)} came; send those of this update alone.")
    said = [{"target": each.target, "answer": each.answer} for each in body.earlier]
    return await live.read(lambda session: session.grade(body.target, body.answer, said, pinned=body.pinned, example=body.example))

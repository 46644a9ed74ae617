"""The lessons that the page can walk through."""

from typing import Any

from fastapi import APIRouter

from app.lessons import lessons
from app.problems import Problem

router = APIRouter(prefix="/api/lessons", tags=["catalogue"])


@router.get("")
async def all_lessons() -> dict[str, Any]:
    """Each lesson's name, title, summary, length in minutes and number of steps."""
    heads = {"name", "title", "summary", "minutes"}
    return {"lessons": [{**lesson.model_dump(include=heads), "steps": len(lesson.steps)} for lesson in lessons().values()]}


@router.get("/{name}")
async def one_lesson(name: str) -> dict[str, Any]:
    """A whole lesson: its network and its steps."""
    found = lessons().get(name)
    if found is None:
        raise Problem(404, f"There is no lesson of that name; there is: {', '.join(lessons())}.")
    return found.model_dump(mode="json")

"""Lessons: one file each, found by existing. Its head says what it is about and describes the network; its steps say what to look at and in which state.

A step names what it points at as explanations do (`parameter:2.W[0,0]`, `value:9[0]`), so a test can build every lesson and walk through it.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine import SessionSpec

FOLDER = Path(__file__).resolve().parent
Target = Annotated[str, Field(pattern=r"^(parameter|value|op):[\w.]+(\[\d+(,\d+)*\])?$", max_length=80)]
Quantity = Annotated[str, Field(pattern=r"^(loss|cost:\w+\.\w+|(parameter|gradient|value|cotangent):[\w.]+\[\d+(,\d+)*\])$", max_length=80)]
"""A number of the session: its loss, one number of an array, or one of a way's in its cost (`cost:weight_perturbation100.expected`)."""


class Part(BaseModel):
    """A closed, frozen part of a lesson."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Place(Part):
    """Where the program should stand: in which update, and after which pass or after the gradient of which parameter."""

    update: int = Field(default=0, ge=0, le=10_000)
    after: Literal["start", "forward", "loss", "backward", "update"] = "start"
    gradient: str | None = Field(default=None, description="A parameter whose gradient has just been computed; goes before `after`")


class Question(Part):
    """Something to work out, held against the number that the engine computes."""

    asks: str
    of: Quantity
    tolerance: float = Field(default=0.01, gt=0, le=0.2, description="How far off an answer may be, as a share of the number")
    hint: str


class Step(Part):
    """One thing said, with the state of the page that belongs to it; what is left out stays as it is."""

    title: str
    says: str
    at: Place | None = None
    pin: Target | None = None
    section: str | None = None
    scope: Literal["example", "batch"] | None = None
    lens: Literal["gradients", "weights"] | None = None
    unit: Literal["op", "layer", "pass", "batch", "epoch"] | None = None
    example: int | None = Field(default=None, ge=0)
    panel: str | None = None
    settings: dict[str, Any] = {}
    since: Place | None = Field(default=None, description="Where the settings are set, before it goes on to `at`; without it they are set there")
    question: Question | None = None


class Lesson(Part):
    """A whole lesson; `spec` is a full description of its network."""

    name: str
    title: str
    summary: str
    minutes: int = Field(ge=1, le=60)
    spec: SessionSpec
    steps: tuple[Step, ...] = Field(min_length=1)


@cache
def lessons() -> dict[str, Lesson]:
    """Every lesson by its name, in the order of their files."""
    found = {}
    for path in sorted(FOLDER.glob("*.toml")):
        name = path.stem.split("_", 1)[1]
        found[name] = Lesson(name=name, **tomllib.loads(path.read_text("utf-8")))
    return found

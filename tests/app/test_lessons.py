"""Every lesson is built and walked through on the engine: what it points at exists, what it asks has an answer, and its numbers are true."""

import re
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.lessons import Lesson, Place, Question, lessons
from engine import Position, Session

LESSONS = [pytest.param(lesson, id=name) for name, lesson in lessons().items()]
WORDS = re.compile(r"[A-Za-z]+")


def position(session: Session, place: Place) -> Position:
    """Where a step wants the program to stand."""
    if place.gradient:
        node = next(node.id for node in session.program.tape.nodes if node.name == place.gradient)
        return Position(place.update, 1 + max(i.index for i in session.program.instructions if (node, "gradient") in i.computes))
    if place.after == "start":
        return Position(place.update, 0)
    end = session.program.ends[place.after]
    return Position(place.update + 1, 0) if end == len(session.program.instructions) else Position(place.update, end)


def truth(session: Session, question: Question, example: int | None) -> float:
    """The number that a question asks for."""
    kind, _, rest = question.of.partition(":")
    if kind == "loss":
        return float(session.state()["loss"])
    if kind == "cost":
        way, _, field = rest.partition(".")
        ways = next(found for found in session.cost() if found)["ways"]
        return float(next(each[field] for each in ways if f"{each['name']}{each['directions'] or ''}" == way))
    name, _, index = rest.rstrip("]").partition("[")
    found: Any = {
        "parameter": lambda: session.parameters()[name],
        "gradient": lambda: session.gradients(example)[name],
    }.get(kind, lambda: session.values(int(name), example)[kind])()
    return float(np.asarray(found)[tuple(map(int, index.split(",")))])


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_can_be_walked(lesson: Lesson) -> None:
    """At each step the program goes where the step wants it, and what it points at can be laid open there."""
    session = Session(lesson.spec)
    scope = "example"
    for step in lesson.steps:
        scope = step.scope or scope
        if step.since:
            session.seek(position(session, step.since))
            session.configure(step.settings)
        if step.at:
            session.seek(position(session, step.at))
        if step.settings and not step.since:
            session.configure(step.settings)
        if step.pin:
            found = session.explain(step.pin, step.example)
            assert found["kind"] in ("parameter", "neuron", "op")
        if step.question:
            example = None if scope == "batch" else (step.example if step.example is not None else session.batch_examples()[0])
            number = truth(session, step.question, example)
            assert np.isfinite(number) and number != 0
            if "gradient" in step.question.of or "cotangent" in step.question.of:
                assert session.position.instruction > 0 or session.position.update > 0


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_speaks_plainly(lesson: Lesson) -> None:
    """Short steps in short words: at most 80 words a step, and most of them short."""
    for step in lesson.steps:
        words = WORDS.findall(step.says)
        assert 15 <= len(words) <= 80, step.title
        assert sum(len(word) > 9 for word in words) <= 0.08 * len(words), step.title


def test_the_numbers_in_the_words_are_the_networks() -> None:
    """Each product and sum that the first lesson writes out comes to the number it asks for."""
    sums = {
        "0.05 × 0.15 + 0.10 × 0.20 + 0.35": 0.05 * 0.15 + 0.10 * 0.20 + 0.35,
        "0.7414 × 0.1868 × 0.5933": 0.7414 * 0.1868 * 0.5933,
        "0.1385 × 0.40": 0.1385 * 0.40 - 0.0381 * 0.50,
        "0.4000 − 0.5 × 0.0822": 0.4000 - 0.5 * 0.0822,
    }
    lesson = lessons()["follow_one_mistake_home"]
    session = Session(lesson.spec)
    left = dict(sums)
    for step in lesson.steps:
        if step.at:
            session.seek(position(session, step.at))
        for text in [text for text in left if step.question and text in step.question.asks]:
            assert step.question
            assert left.pop(text) == pytest.approx(truth(session, step.question, 0), rel=step.question.tolerance)
        if step.settings:
            break
    assert not left


def test_a_leap_leaves_the_net_on_flat_ground() -> None:
    """What the first lesson says of a step of 600: the outputs go past their marks, the loss falls at once, and then hardly moves."""
    lesson = lessons()["follow_one_mistake_home"]
    step = next(step for step in lesson.steps if step.since)
    shown = Session(lesson.spec)
    shown.run(Position(1, 0))
    before = float(shown.state()["loss"])
    assert step.since and step.at
    shown.seek(position(shown, step.since))
    shown.configure(step.settings)
    shown.seek(position(shown, step.at))
    first, second = shown.values(9, 0)["value"]
    assert first < 0.01 and second > 0.99 and float(shown.state()["loss"]) < 0.001 * before
    session = Session(lesson.spec)
    session.run(Position(1, 0))
    session.configure({"learning_rate": 600})
    session.run(Position(2, 0))
    losses = []
    for update in range(3, 30):
        session.run(Position(update, 0))
        losses.append(float(session.state()["loss"]))
    assert losses[0] < 2e-4
    assert max(losses) - min(losses) < 0.01 * losses[0]
    assert np.abs(session.gradients_arena.flat).max() < 1e-5


def test_nudging_crawls_where_going_back_learns() -> None:
    """What the second lesson says of a hundred steps of each: from 0.93 to about 0.59, and to near 0.26."""
    lesson = lessons()["why_not_simply_try"]
    settings = [step.settings for step in lesson.steps if step.settings]
    for changes, loss in zip(settings, (0.59, 0.26), strict=True):
        session = Session(lesson.spec)
        session.configure(changes)
        session.run(Position(100, 0))
        losses = session.metrics()["train_loss"]
        assert losses[0] == pytest.approx(0.93, abs=0.005)
        assert losses[-1] == pytest.approx(loss, abs=0.006)
    assert [step.panel for step in lesson.steps if step.question] == ["cost"] * 3


def test_lessons_are_served(client: TestClient) -> None:
    """The list has heads only; one lesson has everything; another name is refused in words."""
    found = client.get("/api/lessons").json()["lessons"]
    assert [head["name"] for head in found] == list(lessons())
    assert {"title", "summary", "minutes", "steps"} <= set(found[0])
    whole = client.get(f"/api/lessons/{found[0]['name']}").json()
    assert len(whole["steps"]) == found[0]["steps"] and whole["spec"]["layers"]
    assert "there is: follow_one_mistake_home" in client.get("/api/lessons/none").json()["detail"]

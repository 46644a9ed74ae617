"""Every lesson in a real browser: opened, walked to its end, its questions answered wrongly and rightly, and left."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.lessons import lessons
from tests.e2e.stage import READY, ask, barriers, ready, session

Open = Callable[..., Page]


def opened(page: Page, title: str) -> None:
    """Choose a lesson from the list."""
    ready(page)
    page.get_by_role("button", name="Lessons", exact=True).click()
    page.locator("#lessons").get_by_role("button", name=title).click()
    expect(page.locator("#lesson-title")).to_have_text(title, timeout=READY)


def number(page: Page, reference: str, example: int, *, batch: bool) -> float:
    """The engine's own number."""
    kind, _, rest = reference.partition(":")
    name, _, index = rest.rstrip("]").partition("[")
    here = session(page)
    if kind == "cost":
        way, _, field = rest.partition(".")
        return next(float(each[field]) for each in ask(page, f"{here}/cost")["ways"] if f"{each['name']}{each['directions'] or ''}" == way)
    own = "" if batch else f"?example={example}"
    path = {"parameter": "parameters", "gradient": f"gradients{own}"}.get(kind, f"values/{name}?example={example}")
    answer = ask(page, f"{here}/{path}")
    found: Any = answer["parameters"][name] if kind == "parameter" else answer["gradients"][name] if kind == "gradient" else answer[kind]
    for at in map(int, index.split(",")):
        found = found[at]
    return float(found)


@pytest.mark.parametrize("name", list(lessons()))
def test_a_lesson_is_walked_to_its_end(open_page: Open, name: str) -> None:
    """Each step shows its words and what it points at; a wrong answer gets a hint, the right one a tick; the last button ends it."""
    lesson = lessons()[name]
    page = open_page(reduced_motion="reduce")
    opened(page, lesson.title)
    scope = "example"
    for place, step in enumerate(lesson.steps):
        scope = step.scope or scope
        expect(page.locator(".lesson-words h3")).to_have_text(step.title)
        if step.pin and step.pin.startswith("parameter:"):
            expect(page.locator("#inspector .api-name")).to_have_text(step.pin.removeprefix("parameter:"), timeout=READY)
        if step.panel:
            expect(page.locator(f"#{step.panel}")).to_be_visible()
            page.get_by_role("button", name="Show it, under the net").click()
            expect(page.locator(f"#{step.panel} h2")).to_be_in_viewport()
        if step.question:
            field = page.get_by_label(step.question.asks)
            field.fill("12345")
            field.press("Enter")
            expect(page.locator("#lesson-verdict")).to_contain_text("Not yet", timeout=READY)
            focus = int(page.get_by_label("Followed example, by number").input_value() or 0)
            truth = number(page, step.question.of, focus, batch=scope == "batch")
            field.fill(f"{truth:.4g}")
            field.press("Enter")
            expect(page.locator("#lesson-verdict")).to_contain_text("Right", timeout=READY)
        page.get_by_role("button", name="Finish" if place == len(lesson.steps) - 1 else "Next", exact=True).click()
    expect(page.locator("#lesson")).to_be_hidden()
    expect(page.locator("#setup-card")).to_be_visible()


def test_the_first_lesson_tells_the_truth(open_page: Open) -> None:
    """Its net, its place in the program and its numbers are those of the server, and one can go back in it."""
    page = open_page(reduced_motion="reduce")
    opened(page, "Follow one mistake home")
    page.get_by_role("button", name="Step 4: One weight, one product").click()
    expect(page.locator("#status")).to_contain_text("linear 2 has its weight gradients", timeout=READY)
    expect(page.locator("#inspector")).to_contain_text("0.08217")
    page.get_by_role("button", name="Step 8: One step down").click()
    expect(page.locator("#status")).to_contain_text("1 update done", timeout=READY)
    page.get_by_role("button", name="Step 9: A leap too far").click()
    expect(page.locator("#status")).to_contain_text("Update 2 · loss", timeout=READY)
    expect(page.locator(".loss b")).to_have_text(re.compile(r"^\d(\.\d+)?e−"), timeout=READY)
    page.get_by_role("button", name="Back", exact=True).click()
    expect(page.locator("#status")).to_contain_text("1 update done", timeout=READY)
    assert ask(page, session(page))["spec"]["optimizer"]["learning_rate"] == 0.5


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1400, 900), (1024, 768), (390, 844)])
def test_a_lesson_is_in_nobodys_way(open_page: Open, width: int, height: int) -> None:
    """axe finds nothing, nothing is wider than the page, and the lesson stands before the network or beside it."""
    page = open_page(width=width, height=height, reduced_motion="reduce")
    ready(page)
    if width < 768:
        page.get_by_role("button", name="Menu").click()
    opened(page, "Follow one mistake home")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#inspector")).to_contain_text("h", timeout=READY)
    assert barriers(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    lesson, network = page.locator("#lesson").bounding_box(), page.locator("#network").bounding_box()
    assert lesson and network
    assert lesson["x"] + lesson["width"] <= network["x"] + 1 or lesson["y"] + lesson["height"] <= network["y"] + 1
    speed, lens = page.locator(".speed-text").bounding_box(), page.locator("#lens").bounding_box()
    assert speed and lens
    assert speed["x"] + speed["width"] < lens["x"] or speed["y"] > lens["y"] + lens["height"] or speed["y"] + speed["height"] < lens["y"]

"""Predict first, by keyboard alone: asked, typed, marked in words and stepped; slips carried forward, the score kept, and left by one key."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import WCAG, ask, barriers, pause, preset, ready, session
from tests.e2e.stage import link as address

Open = Callable[..., Page]
PINNED = "parameter:2.W[2,3]"


@pytest.fixture
def asked(open_page: Open) -> Page:
    """The lab with a weight pinned and the backward pass to come, predicting."""
    page = open_page()
    ready(page)
    page = open_page(path=address(preset(page, "two_moons"), paused=True, pinned=PINNED, predicting=True, unit="pass", focus=3))
    ready(page)
    for _ in range(2):
        before = page.locator("#status").inner_text()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#status")).not_to_have_text(before)
    expect(page.locator("#predict")).to_contain_text("one operation at a time")
    page.get_by_role("button", name="Step by op").click()
    expect(page.locator("#prediction")).to_be_visible()
    return page


def truth(page: Page) -> float:
    """The number that the page is asking for."""
    at = session(page)
    question = ask(page, f"{at}/question?pinned={PINNED}&example=3")["question"]
    script = (
        "([path, body]) => fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}).then((one) => one.json())"
    )
    marked: dict[str, Any] = page.evaluate(script, [f"{at}/answers", {"target": question["target"], "pinned": PINNED, "example": 3, "answer": "+"}])
    return float(marked["truth"])


def answer(page: Page, text: str) -> None:
    """Type an answer into the focused field, and wait until the next question stands there, or the refusal."""
    before = page.locator("#status").inner_text()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator("#status")).not_to_have_text(before)
    expect(page.locator("#prediction")).to_be_visible()
    expect(page.locator("#prediction")).to_have_value("")


def test_the_whole_flow_by_keyboard(asked: Page, faults: Any) -> None:
    faults.allow("422")
    page, words, score = asked, asked.locator("#prediction-words"), asked.locator(".predict-score")
    page.keyboard.press("ArrowRight")  # a step is asked for: the question is brought to mind instead
    expect(page.locator("#prediction")).to_be_focused()
    answer(page, "1/16")
    expect(words).to_contain_text("Right: 0.0625.")
    expect(page.locator("#prediction")).to_be_focused()
    slope = truth(page)
    answer(page, f"{-slope:.4g}")
    expect(words).to_contain_text("The size is right, and the sign is the other one.")
    expect(score).to_have_text("1 of 2")
    standing = page.locator("#status").inner_text()
    page.keyboard.type("perhaps")
    page.keyboard.press("Enter")
    expect(words).to_contain_text("A number is expected here")
    expect(page.locator("#prediction")).to_have_attribute("aria-invalid", "true")
    assert page.locator("#status").inner_text() == standing
    page.locator("#prediction").fill("")
    carried = -truth(page)  # every gradient behind a slip of sign has the other sign too
    answer(page, f"{carried:.4g}")
    expect(words).to_contain_text("Right, given your earlier answer")
    expect(score).to_have_text("2 of 3, 1 carried forward")
    answer(page, "+" if truth(page) > 0 else "−")
    expect(words).to_contain_text("The sign is right")
    page.get_by_role("button", name="Show me").focus()
    before = page.locator("#status").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).not_to_have_text(before)
    expect(words).to_contain_text("Shown, and not counted.")
    expect(score).to_have_text("3 of 4, 1 carried forward")
    page.locator("#prediction").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#predict")).to_be_hidden()
    expect(page.locator("#predicting")).to_be_focused()
    before = page.locator("#status").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).not_to_have_text(before)


def test_it_never_stands_in_the_way(page: Page) -> None:
    """Off by default; the key switches it on and to single operations; running hides the question, and going back asks again."""
    pause(page)
    expect(page.locator("#predict")).to_be_hidden()
    page.keyboard.press("p")
    expect(page.locator("#prediction")).to_be_visible()
    expect(page.get_by_role("button", name="op", exact=True)).to_have_attribute("aria-pressed", "true")
    first = page.locator(".predict-text").inner_text()
    page.get_by_role("button", name="Show me").click()
    expect(page.locator(".predict-text")).not_to_have_text(first)
    page.locator("#status").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".predict-text")).to_have_text(first)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#predict")).to_contain_text("Pause, and the next number is asked for.")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.locator("#prediction")).to_be_visible()
    page.locator("#predicting").uncheck()
    expect(page.locator("#predict")).to_be_hidden()


def test_the_link_remembers_it(asked: Page) -> None:
    asked.get_by_role("button", name="Copy link").click()
    expect(asked.locator("#notices")).to_contain_text("copied")
    asked.reload()
    ready(asked)
    expect(asked.locator("#predicting")).to_be_checked()
    expect(asked.locator("#predict")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_it_is_legible_to_all_and_nothing_shifts(open_page: Open, width: int) -> None:
    """axe finds nothing, nothing is wider than the page, and the line keeps its height from question to question."""
    for scheme in ("light", "dark"):
        page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
        ready(page)
        page.locator("#predicting").check()
        expect(page.locator("#prediction")).to_be_visible()
        heights = set()
        for text in ("+", "0.5", "-"):
            page.locator("#prediction").focus()
            answer(page, text)
            heights.add(round(page.locator("#predict").bounding_box()["height"]))  # type: ignore[index]
        assert len(heights) == 1, heights
        assert barriers(page, rules=WCAG) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

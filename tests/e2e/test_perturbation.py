"""Training by weight perturbation in the browser: switched on while it runs, stepped in words, and never shown as right."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, barriers, link, preset, ready, session, step


@pytest.fixture
def still(open_page: Callable[..., Page]) -> Page:
    """The lab after one update, standing still, with a weight pinned."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    page.goto(link(preset(page, "two_moons"), pinned="parameter:2.W[1,2]", paused=True))
    page.reload()
    ready(page)
    step(page, "batch", 1)
    return page


def test_it_is_switched_on_and_off_while_the_session_lives(still: Page) -> None:
    """The same session goes on; the badge speaks of estimates from the next update on, and is green again one update after the way back."""
    here, badge = session(still), still.locator("#badge button")
    still.get_by_label("gradient by").select_option("weight_perturbation")
    expect(still.get_by_label("directions", exact=True)).to_be_visible()
    still.get_by_label("directions", exact=True).fill("2")
    still.get_by_label("directions", exact=True).press("Enter")
    expect(still.get_by_label("directions", exact=True)).to_have_value("2")
    assert session(still) == here
    expect(badge).to_have_attribute("data-ok", "true")
    step(still, "batch", 1)
    expect(badge).to_have_attribute("data-ok", "guess", timeout=READY)
    expect(badge).to_contain_text(re.compile(r"Estimates, off by [\d,]+ %"))
    assert ask(still, here)["spec"]["gradient"] == {"kind": "weight_perturbation", "sigma": 0.001, "directions": 2}
    badge.click()
    expect(still.locator("#agreement h2")).to_contain_text("is to be expected")
    expect(still.locator("#agreement tbody tr").first).to_contain_text("≈")
    still.get_by_label("gradient by").select_option("backpropagation")
    expect(still.get_by_label("directions", exact=True)).to_have_count(0, timeout=READY)
    step(still, "batch", 1)
    expect(badge).to_have_attribute("data-ok", "true", timeout=READY)


def test_its_instructions_are_stepped_in_words(still: Page) -> None:
    """Draw, measure, measure, credit: each is a cell with a sentence and a formula, and no front passes through the network."""
    still.get_by_label("gradient by").select_option("weight_perturbation")
    expect(still.locator(".cell", has_text="L₊")).to_have_count(1)
    expect(still.locator(".loop-word.back")).to_have_text("← estimate")
    step(still, "pass", 2)
    for words in ("direction 1 of 1 is drawn", "nudged along it is known", "nudged the other way is known", "is added to the estimate"):
        step(still, "op", 1)
        expect(still.locator("#status")).to_contain_text(words)
    expect(still.locator(".front")).to_be_hidden()
    expect(still.locator("#inspector .estimate tbody tr")).to_have_count(2)
    expect(still.locator("#inspector .check")).to_contain_text("The estimate")
    found = ask(still, f"{session(still)}/explain?target=parameter:2.W[1,2]&example={still.get_by_label('Followed example, by number').input_value()}")
    assert f"{found['estimate']['total']:.3g}".lstrip("-")[:4] in still.locator("#inspector .estimate .sum td").last.inner_text()
    still.get_by_role("button", name="Unpin").click()
    still.locator(".cell", has_text="L₊").click()
    expect(still.locator("#inspector h2")).to_contain_text(re.compile("weight perturbation|Op"))
    assert barriers(still) == []

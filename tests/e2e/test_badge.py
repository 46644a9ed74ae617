"""The badge: always in sight, of the session's own numbers, and the list behind it names every parameter."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, pause, preset, ready, session, step


@pytest.fixture
def still(open_page: Any) -> Page:
    """The lab before its first update."""
    page: Page = open_page(reduced_motion="reduce")
    ready(page)
    return page


def test_the_badge_goes_with_the_program(still: Page) -> None:
    """Nothing is checked before there is a gradient; the count grows with the backward pass; at its end all are checked."""
    badge = still.locator("#badge button")
    expect(badge).to_have_attribute("data-ok", "null")
    expect(badge).to_contain_text("No gradient to check yet")
    step(still, "pass", 2)
    expect(badge).to_contain_text("No gradient of this update yet")
    step(still, "layer", 2)
    expect(badge).to_contain_text(re.compile(r"\d of 37 gradients checked"))
    step(still, "batch", 1)
    expect(badge).to_have_attribute("data-ok", "true")
    expect(badge).to_contain_text("37 of 37 gradients checked")


def test_the_list_shows_what_the_api_says(still: Page) -> None:
    """One row for each parameter, with its worst agreement; from there one gets to the weight."""
    step(still, "batch", 2)
    badge = still.get_by_role("button", name="37 of 37")
    expect(badge).to_have_attribute("aria-expanded", "false")
    badge.click()
    expect(badge).to_have_attribute("aria-expanded", "true")
    found = ask(still, f"{session(still)}/checks")
    rows = still.locator("#agreement tbody tr")
    expect(rows).to_have_count(len(found["tensors"]))
    for row, tensor in zip(rows.all(), found["tensors"], strict=True):
        expect(row).to_contain_text(f"{tensor['checked']} of {tensor['size']}")
        expect(row).to_contain_text(tensor["sentence"])
    worst = found["tensors"][0]["worst"]["name"]
    rows.first.get_by_role("button").click()
    expect(still.locator("#inspector .api-name")).to_have_text(worst)
    still.locator("#agreement").get_by_role("button", name="Close").click()
    expect(still.locator("#agreement")).to_be_hidden()
    expect(badge).to_have_attribute("aria-expanded", "false")


def test_the_list_stays_open_while_training(page: Page) -> None:
    """It is redrawn in place."""
    ready(page)
    expect(page.locator("#badge")).to_contain_text("gradients checked", timeout=READY)
    page.locator("#badge button").click()
    expect(page.locator("#agreement tbody tr")).to_have_count(6)
    before = page.locator("#agreement tbody").text_content() or ""
    expect(page.locator("#agreement tbody")).not_to_have_text(before, timeout=READY)
    expect(page.locator("#agreement")).to_be_visible()
    pause(page)
    expect(page.locator("#badge button")).to_have_attribute("aria-expanded", "true")


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768), (390, 844)])
def test_the_badge_is_always_in_sight(open_page: Any, width: int, height: int) -> None:
    page = open_page(width=width, height=height, reduced_motion="reduce")
    ready(page)
    expect(page.locator("#badge button")).to_be_in_viewport()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#badge button")).to_be_in_viewport(ratio=1)
    page.locator("#badge button").click()
    expect(page.locator("#agreement")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_failed_check_is_told_in_words(still: Page) -> None:
    """Where the server finds wrong gradients, the badge names the parameters, and the list says by how much, the wrong ones first."""
    step(still, "batch", 1)
    found = ask(still, f"{session(still)}/checks")
    tensor = found["tensors"][2] | {"wrong": 16, "ratio": 16.0, "sentence": "2.W is 16 times what it should be"}
    found |= {"ok": False, "wrong": 16, "short": "16 of 37 gradients wrong: 2.W", "sentence": "16 of 37 checked gradients are wrong"}
    found["tensors"][2] = tensor
    still.route("**/checks", lambda route: route.fulfill(json=found))
    step(still, "batch", 1)
    badge = still.locator("#badge button")
    expect(badge).to_have_attribute("data-ok", "false")
    expect(badge).to_contain_text("16 of 37 gradients wrong: 2.W")
    expect(still.locator("#badge [role=alert]")).to_have_text("16 of 37 gradients wrong: 2.W")
    badge.click()
    first = still.locator("#agreement tbody tr").first
    expect(first).to_have_attribute("data-ok", "false")
    expect(first).to_contain_text("2.W is 16 times what it should be")


def test_a_large_network_says_how_many_were_checked(open_page: Any, still: Page) -> None:
    page = open_page(path=link(preset(still, "digits"), paused=True), reduced_motion="reduce")
    ready(page)
    step(page, "batch", 1)
    expect(page.locator("#badge button")).to_contain_text("200 of 2,410 gradients checked", timeout=READY)

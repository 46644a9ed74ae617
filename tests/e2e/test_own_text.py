"""A text of one's own, pasted with its lines: read by characters, learnt, and written on from."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, preset, ready, session

Open = Callable[..., Page]
VERSE = "who steps with care can see it all\nand where one falls, one learns to crawl\n" * 3


def test_two_lines_are_pasted_learnt_and_written_on(open_page: Open) -> None:
    """The line ends arrive at the server, are characters that the network foretells, and are in what it writes."""
    page = open_page(path=link(preset(open_page(path="/health"), "text"), paused=True, rate=None))
    ready(page)
    page.locator(".setup-card .fold[data-key='data text'] > summary").click()
    field = page.locator("textarea#field-data-text")
    page.evaluate("text => navigator.clipboard.writeText(text)", VERSE)
    field.focus()
    page.keyboard.press("ControlOrMeta+V")
    expect(field).to_have_value(VERSE)
    page.keyboard.press("Tab")
    expect(page.locator(".text-lines")).to_contain_text("who␣steps", timeout=READY)
    ready(page)
    assert ask(page, session(page))["spec"]["data"]["text"] == VERSE == field.input_value()
    page.locator(".transport").get_by_role("button", name="Play", exact=True).click()
    expect(page.locator("#status")).to_contain_text(re.compile(r"Update (\d{3,}|\d,\d+)"), timeout=READY)
    page.get_by_label("temperature").fill("0.3")
    page.get_by_role("button", name="Write on").click()
    written = page.locator(".written")
    expect(written).to_contain_text(re.compile(r"After [\d,]+ updates: …"), timeout=READY)
    assert "\n" in written.inner_text() and set(written.inner_text().partition("…")[2]) <= set(VERSE)

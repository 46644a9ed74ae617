"""Breaking it on purpose: the page is framed while a bug is on, the badge names what is wrong, the strip shows the buggy program, and all of it heals."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import WCAG, ask, barriers, link, pause, preset, ready, session, step

Open = Callable[..., Page]
SOON = 15_000


def choose(page: Page, kind: str) -> None:
    """Switch a bug on in the setup."""
    radio = page.locator(f"#field-bug-{kind}")
    if not radio.is_visible():
        page.locator("#setup summary", has_text="Break it").click()
    with page.expect_response(lambda answer: "/settings" in answer.url):
        radio.check()


def broken(page: Page) -> bool:
    """Whether the page is framed."""
    return bool(page.evaluate("() => document.body.hasAttribute('data-bug')"))


def test_a_bug_is_switched_on_framed_named_and_healed(page: Page) -> None:
    pause(page)
    band = page.locator("#bug")
    expect(band).to_be_hidden()
    assert not broken(page)
    choose(page, "transposed_weights")
    expect(band).to_contain_text("A bug is switched on: transposed W.")
    expect(band).to_contain_text("from the next update on")
    assert broken(page)
    step(page, "batch")
    expect(band).to_contain_text("wrong on purpose")
    expect(page.locator("#badge .badge")).to_have_attribute("data-ok", "false", timeout=SOON)
    expect(page.locator("#badge .badge")).to_contain_text("0.W, 0.b")
    band.get_by_role("button", name="Switch it off").click()
    expect(band).to_contain_text("switched off")
    expect(band.get_by_role("button")).to_be_hidden()
    expect(page.locator("#field-bug-none")).to_be_checked()
    step(page, "batch")
    expect(band).to_be_hidden()
    assert not broken(page)
    expect(page.locator("#badge .badge")).to_have_attribute("data-ok", "true", timeout=SOON)


def test_a_wrong_step_is_a_second_line_of_the_badge(page: Page) -> None:
    pause(page)
    choose(page, "bias_per_weight")
    step(page, "batch")
    expect(page.locator("#badge .badge-steps")).to_have_text("steps wrong: 0.b, 2.b, 4.b", timeout=SOON)
    expect(page.locator("#badge .badge")).to_contain_text("37 of 37 gradients checked")
    page.locator("#badge .badge").click()
    expect(page.locator("#agreement")).to_contain_text("0.b 2 times, 2.b 4 times, 4.b 4 times")


def test_the_strip_shows_the_program_that_runs(page: Page) -> None:
    """With weights stepped while propagating, each layer's update stands among its own backward cells, and none is left at the end."""
    pause(page)
    choose(page, "updated_while_propagating")
    expect(page.locator(".cell[data-row=backward]").filter(has_text=re.compile("^w$"))).to_have_count(3, timeout=SOON)
    expect(page.locator(".cell[data-row=both]")).to_have_count(1)
    step(page, "pass", 4)
    expect(page.locator("#status")).to_contain_text("update")
    expect(page.locator(".cell[data-state=now]")).to_have_text("w")


def test_what_cannot_be_made_says_why(page: Page, faults: Any) -> None:
    """A bug without an effect here cannot be chosen; and a network in which the chosen one would have none is refused at its field."""
    faults.allow("422")
    pause(page)
    page.locator("#setup summary", has_text="Break it").click()
    expect(page.locator("#field-bug-softmax_twice")).to_be_disabled()
    expect(page.locator("label[for=field-bug-softmax_twice]")).to_contain_text("Not here: it needs a softmax")
    choose(page, "transposed_weights")
    page.locator("#setup .layer > summary").first.click()
    page.locator("#field-layers-0-units").fill("3")
    page.locator("#field-layers-0-units").press("Enter")
    expect(page.locator("#field-bug-words")).to_contain_text("square W", timeout=SOON)


def test_a_link_brings_its_bug_and_says_so(open_page: Open) -> None:
    page = open_page()
    ready(page)
    spec = {**preset(page, "two_moons"), "bug": {"kind": "one_path"}}
    page = open_page(path=link(spec, paused=True))
    ready(page)
    expect(page.locator("#bug")).to_contain_text("A bug is switched on: one path only.")
    expect(page.locator("#notices")).to_contain_text("This link brought a bug with it")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#notices")).to_contain_text("copied")
    page.reload()
    ready(page)
    expect(page.locator("#bug")).to_contain_text("one path only")
    assert ask(page, session(page))["spec"]["bug"] == {"kind": "one_path"}


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_warning_is_legible_to_all(open_page: Open, width: int) -> None:
    """The band and the list pass axe in light and dark, nothing is wider than the page, and all is reached by keyboard."""
    for scheme in ("light", "dark"):
        page = open_page(width=width, color_scheme=scheme, reduced_motion="reduce")
        ready(page)
        if width < 1280:
            page.get_by_role("button", name="change", exact=True).click()
        page.locator("#setup summary", has_text="Break it").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        with page.expect_response(lambda answer: "/settings" in answer.url):
            page.keyboard.press("ArrowDown")
        expect(page.locator("#bug")).to_be_visible()
        assert barriers(page, rules=WCAG) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        page.locator("#bug button").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#bug")).to_be_hidden()
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_focused()

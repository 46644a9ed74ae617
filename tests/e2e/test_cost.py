"""The panel of cost: its numbers are the API's, its bars stand where they belong, and the way that crawls is one button away."""

from collections.abc import Callable
from math import log10

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Faults
from tests.e2e.stage import READY, ask, link, preset, ready, session, step
from tests.e2e.test_noise import faults_in

Open = Callable[..., Page]


def open_cost(page: Page) -> None:
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    page.get_by_role("button", name="Cost", exact=True).click()
    expect(page.locator(".cost-bars").first).to_be_visible(timeout=READY)


def test_the_bars_and_the_table_are_the_apis(open_page: Open) -> None:
    """Counts and errors to the digit that is shown; each bar of passes as long as its logarithm; the words are the server's."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    step(page, "batch", 2)
    open_cost(page)
    expect(page.locator(".cost-table caption")).to_contain_text("At update 2", timeout=READY)
    found = ask(page, f"{session(page)}/cost")
    expect(page.locator(".cost-sentence")).to_contain_text(found["sentence"])
    rows = page.locator(".cost-table tbody tr").all()
    assert len(rows) == len(found["ways"]) == 6
    for row, way in zip(rows, found["ways"], strict=True):
        forward, backward, operations, *_ = row.locator("td").all_inner_texts()
        assert (forward, backward, operations) == (f"{way['forward']:,}", f"{way['backward']:,}", f"{way['operations']:,}")
    lengths = page.locator(".cost-bars").first.locator(".length").evaluate_all("all => all.map(one => Number(one.getAttribute('width')))")
    passes = [way["forward"] + way["backward"] for way in found["ways"]]
    slope = (lengths[5] - lengths[0]) / (log10(passes[5]) - log10(passes[0]))
    assert lengths == pytest.approx([lengths[0] + slope * (log10(count) - log10(passes[0])) for count in passes], abs=0.1)
    page.locator(".cost-how summary").click()
    for way in found["ways"][1:]:
        expect(page.locator(".cost-how dl")).to_contain_text(way["sentence"])
    expect(page.locator(".cost-how dl")).to_contain_text(found["counted"])


def test_it_is_measured_anew_and_the_other_way_is_a_button(open_page: Open) -> None:
    """After a step the table speaks of the new place; training by random directions is switched on, seen in the badge, and off again."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    open_cost(page)
    expect(page.locator(".cost-table caption")).to_contain_text("At update 0")
    page.get_by_role("button", name="Train by random directions").click()
    expect(page.get_by_role("button", name="Train by backpropagation again")).to_be_visible(timeout=READY)
    step(page, "batch", 1)
    expect(page.locator(".cost-table caption")).to_contain_text("At update 1", timeout=READY)
    expect(page.locator("#badge")).to_contain_text("Estimates, off by", timeout=READY)
    assert ask(page, session(page))["spec"]["gradient"]["kind"] == "weight_perturbation"
    page.get_by_role("button", name="Train by backpropagation again").click()
    expect(page.get_by_role("button", name="Train by random directions")).to_be_visible(timeout=READY)


def test_a_cost_that_cannot_be_measured_says_why(open_page: Open, faults: Faults) -> None:
    faults.allow("409")
    page = open_page(reduced_motion="reduce")
    ready(page)
    patch = "([path, body]) => fetch(path, {method: 'PATCH', headers: {'Content-Type': 'application/json'}, body})"
    page.evaluate(patch, [f"{session(page)}/parameters", '{"parameters": {"4.b[0]": 1e308, "4.W[0,0]": 1e308}}'])
    page.get_by_role("button", name="Cost", exact=True).click()
    expect(page.locator("#cost .refused")).to_contain_text("not a finite number", timeout=READY)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "dark"), (1024, 768, "light"), (390, 844, "light")])
def test_the_panel_is_for_everybody(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing, the page is no wider than the window, and its controls are reached by the keyboard."""
    page = open_page(path="/health", width=width, height=height, color_scheme=scheme, reduced_motion="reduce")
    page.goto(link(preset(page, "digits"), paused=True))
    ready(page)
    open_cost(page)
    page.locator(".cost-how summary").click()
    assert faults_in(page, "#cost") == "[]"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".cost-bars .guessed").first).to_be_attached()
    expect(page.locator(".cost-how")).to_contain_text("drawn at random; the time is that of all, in proportion")
    page.get_by_role("button", name="Train by random directions").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Measure again")).to_be_focused()

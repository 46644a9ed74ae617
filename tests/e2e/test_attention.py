"""The panel of attention: its fields are the API's, a cell is chosen by mouse and by keyboard, and axe finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, preset, ready, session, step
from tests.e2e.test_noise import faults_in

Open = Callable[..., Page]


def opened(open_page: Open, *, causal: bool = False, **how: Any) -> Page:
    """The preset of the transformer after three updates, at the end of the third, with its panel open."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    spec = preset(first, "reversal")
    spec["layers"][2]["causal"] = causal
    page = open_page(path=link(spec, paused=True, scope="example"), reduced_motion="reduce", **how)
    ready(page)
    step(page, "batch", 3)
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    page.get_by_role("button", name="Attention", exact=True).click()
    expect(page.locator(".attention-matrix")).to_have_count(6, timeout=READY)
    return page


def test_the_fields_and_a_cell_are_the_apis(open_page: Open) -> None:
    page = opened(open_page)
    matrix = page.locator(".attention-matrix").nth(1)
    matrix.locator("g").nth(7).click()
    expect(page.locator(".attention-cell h3")).to_contain_text("Position 2", timeout=READY)
    expect(page.locator(".attention-cell h3")).to_contain_text("asks position 3")
    page.locator(".attention-choice", has_text="head").locator("select").select_option(index=1)
    example = page.locator(".attention-choices .muted").inner_text().split(":")[0].removeprefix("example ")
    found = ask(page, f"{session(page)}/attention?head=1&cell=1,2&example={example}")
    expect(page.locator(".attention-why")).to_have_text(found["cell"]["sentence"], timeout=READY)
    first = page.locator(".attention-matrix").nth(1).locator("g title").first
    expect(first).to_have_text(f"1 asks 1: {found['fields']['weights'][0][0]:#.4g}", timeout=READY)
    titles = page.locator(".attention-matrix").nth(1).locator("g title").evaluate_all("all => all.map(one => one.textContent)")
    shown = [float(title.split(": ")[1]) for title in titles if "·" not in title]
    assert len(titles) == 25 and shown == pytest.approx([value for row in found["fields"]["weights"] for value in row if value >= 0.001], rel=1e-3)
    assert page.locator(".attention-row tbody tr").count() == 6
    page.locator(".attention-choice", has_text="is asked").locator("select").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".attention-cell h3")).to_contain_text("asks position 4", timeout=READY)


def test_a_masked_cell_says_why(open_page: Open) -> None:
    page = opened(open_page, causal=True)
    page.locator(".attention-choice", has_text="is asked").locator("select").select_option(index=4)
    expect(page.locator(".attention-why.masked")).to_contain_text("Masked: position 1 may not look at position 5, which comes later", timeout=READY)
    assert page.locator(".attention-matrix").nth(1).locator("g.masked").count() == 10


def test_there_is_no_such_panel_without_attention(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    ready(page)
    expect(page.get_by_role("button", name="Cost", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Attention", exact=True)).to_have_count(0)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_the_panel_is_for_everybody(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing, and nothing is wider than the window."""
    page = opened(open_page, causal=True, width=width, height=height, color_scheme=scheme)
    expect(page.locator(".attention-row")).to_be_visible()
    assert faults_in(page, "#attention") == "[]"
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

"""axe finds nothing in the page, whatever is open on it, in light and dark and at three widths."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, barriers, link, preset, ready, step

Open = Callable[..., Page]
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def faultless(page: Page, where: str) -> None:
    """axe finds nothing, and the page is not wider than its window."""
    assert barriers(page) == [], where
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{where}: wider than the window"


def standing(open_page: Open, scheme: str, *, width: int = 1440, height: int = 900, name: str = "two_moons", **view: Any) -> Page:
    """A preset in the middle of its backward pass, with a weight pinned."""
    first = open_page(path="/health")
    spec = preset(first, name)
    page = open_page(width=width, height=height, color_scheme=scheme, reduced_motion="reduce", path=link(spec, paused=True, unit="op", **view))
    ready(page)
    step(page, "batch", 2)
    step(page, "pass", 2)
    step(page, "layer", 2)
    return page


@SCHEMES
def test_with_each_panel_and_list_open(open_page: Open, scheme: str) -> None:
    """Presets, keys, downloads, every panel of the top bar, and the charts: each open, one after the other."""
    page = standing(open_page, scheme, pinned="parameter:0.W[0,1]")
    expect(page.locator("#inspector .rung")).to_have_count(6, timeout=READY)
    faultless(page, "a weight pinned")
    for name in page.locator("#actions [aria-controls]:visible").all_inner_texts():
        toggle = page.locator("#actions").get_by_role("button", name=name, exact=True)
        toggle.click()
        panel = page.locator(f"#{toggle.get_attribute('aria-controls')}")
        expect(panel).to_be_visible()
        expect(panel.locator(".panel-body > *").first).to_be_visible(timeout=READY)
        faultless(page, name)
        toggle.click()
        expect(panel).to_be_hidden()
    page.get_by_role("button", name="Charts", exact=True).click()
    expect(page.locator("#charts .chart svg.main-svg")).to_have_count(9, timeout=READY)
    faultless(page, "charts")
    page.locator("#charts").get_by_role("button", name="Close").click()
    expect(page.locator("#charts")).to_be_hidden()
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_role("button", name="Presets").click()
    page.locator(".downloads summary").click()
    expect(page.locator(".preset").first).to_be_visible()
    faultless(page, "keys, presets and downloads")


@SCHEMES
def test_with_the_whole_setup_open(open_page: Open, scheme: str) -> None:
    """Every fold and every layer of the set-up, with a refusal of the form beside its field."""
    page = standing(open_page, scheme)
    for place in (".setup-card .fold:not([open]) > summary", ".setup-card .layer:not([open]) > summary"):
        while page.locator(place).count():
            page.locator(place).first.click()
    page.locator("#field-seed").fill("-1")
    page.locator("#field-seed").press("Enter")
    expect(page.locator("#field-seed-words")).to_be_visible()
    faultless(page, "set-up")


@SCHEMES
@pytest.mark.parametrize("pinned", ["value:4[1]", "op:3", None], ids=["neuron", "op", "nothing"])
def test_with_each_thing_pinned(open_page: Open, scheme: str, pinned: str | None) -> None:
    """A neuron, an op, and the mistake that one begins with."""
    page = standing(open_page, scheme, **({"pinned": pinned} if pinned else {}))
    if pinned is None:
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Follow it back")).to_be_visible(timeout=READY)
    else:
        expect(page.locator("#inspector h2")).to_be_visible(timeout=READY)
        expect(page.locator("#inspector .muted", has_text="Working it out")).to_have_count(0, timeout=READY)
    faultless(page, str(pinned))


@SCHEMES
@pytest.mark.parametrize("name, place", [("iris", "table.confusion"), ("digits", ".images li")])
def test_with_other_outputs(open_page: Open, scheme: str, name: str, place: str) -> None:
    """The table of classes; the images with their guesses."""
    page = standing(open_page, scheme, name=name)
    expect(page.locator(place).first).to_be_visible(timeout=READY)
    faultless(page, name)


@SCHEMES
@pytest.mark.parametrize("width, height", [(1024, 768), (390, 844)])
def test_narrow_with_everything_unfolded(open_page: Open, width: int, height: int, scheme: str) -> None:
    """Below 1280: the set-up under its sentence, the menu of the phone, a weight pinned."""
    page = standing(open_page, scheme, width=width, height=height, pinned="parameter:2.W[2,3]")
    page.get_by_role("button", name="change", exact=True).click()
    if width < 768:
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.locator("#table tbody tr").first).to_be_visible(timeout=READY)
    faultless(page, f"{width} px")


def test_what_is_wrong_is_said_accessibly(open_page: Open, faults: Any) -> None:
    """A notice with its button, when the address holds no network."""
    faults.allow(".")
    page = open_page(path="/#lab=nonsense")
    expect(page.locator("#notices [role=alert]")).to_contain_text("cannot be read", timeout=READY)
    faultless(page, "notice")

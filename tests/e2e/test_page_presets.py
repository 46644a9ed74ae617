"""The ready-made networks: each opens from the list, trains, is checked, and is named; at the desk and on the phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.presets import PRESETS
from tests.e2e.stage import READY, ask, ready, session

Open = Callable[..., Page]
TITLES = {name: title for name, title, *_ in PRESETS}
PICTURES = {"iris": "table.confusion", "reversal": "table.confusion", "digits": ".images li"}


def test_the_list_is_whole() -> None:
    """Easy ones, hard ones, real data, a pencil's example, and gradients that vanish and explode."""
    assert {"two_moons", "spiral", "xor", "worked_example", "iris", "digits", "vanishing", "exploding"} <= set(TITLES)


@pytest.mark.parametrize("width, height", [(1440, 900), (390, 844)])
@pytest.mark.parametrize("name", TITLES)
def test_each_opens_trains_and_is_checked(open_page: Open, name: str, width: int, height: int) -> None:
    """Chosen while the first one trains, it trains on; its loss is known, its gradients are confirmed, and its picture is there."""
    page = open_page(width=width, height=height)
    ready(page)
    if width < 1280:
        page.get_by_role("button", name="change", exact=True).click()
    page.get_by_role("button", name="Presets").click()
    page.locator(".preset", has=page.get_by_text(TITLES[name], exact=True)).click()
    expect(page.locator("#presets-list")).to_be_hidden()
    expect(page.locator("#status")).to_contain_text(re.compile(r"Update ([3-9]|\d\d+) · training"), timeout=READY)
    spec = ask(page, session(page))["spec"]
    assert spec == next(preset["spec"] for preset in ask(page, "/api/presets")["presets"] if preset["name"] == name)
    expect(page.locator("#badge .badge")).to_have_attribute("data-ok", "true", timeout=READY)
    expect(page.locator("#title")).to_contain_text(f"{TITLES[name]}, ")
    expect(page.locator(".loss b")).to_have_text(re.compile(r"^[\d.]+(e[−\d]+)?$"))
    expect(page.locator(PICTURES.get(name, ".output .plot canvas")).first).to_be_visible()
    expect(page.locator("#accuracy")).to_contain_text("of 8 modes" if name == "ring_gan" else "train", timeout=READY)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Presets").click()
    expect(page.locator(".preset[aria-current=true] b")).to_have_text(TITLES[name])

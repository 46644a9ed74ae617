"""The laboratory's page: remedies beside the untreated net with the server's numbers, in depth at any update, and a sweep that is followed and cancelled."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine import Pathology
from tests.e2e.stage import link
from tests.e2e.test_page_access import faultless

Open = Callable[..., Page]
SLOW = 60_000
SMALL = Pathology(depth=5).model_dump(mode="json")


def tried(page: Page, count: int) -> None:
    """Wait until so many trials are done."""
    expect(page.locator("#progress")).to_contain_text(f"{count} trial", timeout=SLOW)


def linked(**fields: Any) -> str:
    """The address of a net with remedies, as the page itself writes it."""
    return link({}, **fields).replace("/#", "/laboratory#")


def small(open_page: Open, *remedies: str, **options: Any) -> Page:
    """A net of 5 layers, untreated and with these remedies, trained for 20 updates."""
    path = linked(pathology={**SMALL, **options.pop("net", {})}, remedies={kind: {"kind": kind} for kind in remedies}, updates=20)
    page = open_page(path=path, **options)
    expect(page.locator("#progress")).to_have_text(f"{1 + len(remedies)} {'trials' if remedies else 'trial'} of 20 updates", timeout=SLOW)
    return page


def test_each_remedy_stands_beside_the_untreated_net_with_its_numbers(open_page: Open) -> None:
    page = small(open_page, "relu", "residual")
    assert page.locator(".trial h3").all_inner_texts() == ["untreated", "ReLU", "residual"]
    body = {"pathology": SMALL, "treatments": [[], [{"kind": "relu"}]], "updates": 20}
    trials = page.request.post("/api/laboratory", data=body).json()["trials"]
    for place, trial in enumerate(trials):
        cells = page.locator("#table tbody tr").nth(place).locator("td").all_inner_texts()
        summary = trial["summary"]
        assert cells[0] == f"{summary['loss']:.3g}".ljust(5, "0") and cells[6] == f"{summary['dead']} of {summary['units']}"
    ribbons = page.locator(".trial-ribbons").first
    drawn = ribbons.evaluate("canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(value => value)")
    assert drawn


def test_a_remedy_is_switched_by_the_keyboard_and_clipping_is_shown_before_and_after(open_page: Open) -> None:
    page = small(open_page, "relu")
    for name, count in (("ReLU", 1), ("clipping", 2)):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
        tried(page, count)
    page.reload()
    tried(page, 2)
    card = page.get_by_role("article", name="clipping")
    expect(card.get_by_role("img", name="before and after clipping")).to_be_visible()
    expect(page.locator("#table tbody tr").last).to_contain_text("→")
    page.locator(".seeker input").focus()
    page.keyboard.press("Home")
    expect(page.locator(".seeker")).to_contain_text("after update 0")


def test_a_sweep_is_followed_and_cancelled(open_page: Open) -> None:
    page = small(open_page)
    sweep = page.locator("#sweep")
    sweep.get_by_role("textbox", name="depths").fill("3, 4")
    sweep.get_by_role("spinbutton", name="updates").fill("5")
    sweep.get_by_role("button", name="Sweep").click()
    expect(sweep.locator(".sweep-says")).to_have_text("24 of 24 cells · done", timeout=SLOW)
    assert sweep.locator(".heat").count() == 2 and sweep.locator(".heat").first.locator("tbody td").count() == 24
    sweep.get_by_role("textbox", name="depths").fill("40, 45, 50")
    sweep.get_by_role("spinbutton", name="updates").fill("1000")
    sweep.get_by_role("button", name="Sweep").click()
    sweep.get_by_role("button", name="Cancel").click()
    expect(sweep.locator(".sweep-says")).to_contain_text("cancelled", timeout=SLOW)
    expect(sweep.get_by_role("button", name="Sweep")).to_be_enabled()


def test_a_sweep_is_found_again_in_its_middle_and_after_it(open_page: Open) -> None:
    """The page that is opened anew follows what is under way, can cancel it, and shows the earlier ones with their cells."""
    page = small(open_page)
    grid = {"base": SMALL, "activations": ["sigmoid"], "initializers": [{"kind": "he_normal"}], "remedies": [None]}
    first = page.request.post("/api/sweeps", data={**grid, "depths": [3, 4], "updates": 1}).json()
    page.request.post("/api/sweeps", data={**grid, "depths": [40, 45, 49, 50], "updates": 1000})
    page.reload()
    sweep = page.locator("#sweep")
    says, cancel, own = sweep.locator(".sweep-says"), sweep.get_by_role("button", name="Cancel"), sweep.get_by_label("your sweeps")
    expect(says).to_have_text(re.compile(r"[0-3] of 4 cells · under way"), timeout=SLOW)
    expect(own.locator("option").first).to_have_text(re.compile("^depths 40, 45, 49, 50 · 1000 updates · .* under way$"))
    cancel.click()
    expect(says).to_contain_text("cancelled, what had come is kept", timeout=SLOW)
    page.reload()
    expect(says).to_contain_text("cancelled, what had come is kept", timeout=SLOW)
    expect(cancel).to_be_disabled()
    own.select_option(first["id"])
    expect(says).to_have_text("2 of 2 cells · done", timeout=SLOW)
    assert sweep.locator(".heat").first.locator("thead th").all_inner_texts()[1:] == ["3", "4"]
    expect(own.locator("option:checked")).to_have_text("depths 3, 4 · 1 update · 2 of 2 cells · done")


@pytest.mark.parametrize("scheme, width", [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(open_page: Open, scheme: str, width: int) -> None:
    page = small(open_page, "clipping", width=width, color_scheme=scheme, reduced_motion="reduce")
    faultless(page, f"{scheme} at {width}")


def test_the_first_case_opens_by_itself_and_the_lab_leads_there_and_back(page: Page) -> None:
    page.get_by_role("link", name="Laboratory").click()
    expect(page.get_by_role("heading", name="Pathology laboratory")).to_be_visible()
    expect(page.locator(".trial h3")).to_have_text(["untreated", "ReLU", "initialisation", "batch norm", "layer norm", "residual"], timeout=SLOW)
    page.get_by_role("link", name="Backprop Lab").click()
    expect(page.locator("#network")).to_be_visible()

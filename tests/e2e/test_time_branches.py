"""Branches on the page: go back, change something, run on, and see both courses side by side; there and back again."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, barriers
from tests.e2e.test_time_timeline import send, stands, trained

Open = Callable[..., Page]
ADAM = {"optimizer": {"kind": "adam", "learning_rate": 0.02}}


def forked(open_page: Open, **options: Any) -> tuple[Page, str]:
    """A page with two branches: SGD up to update 60, and Adam from update 20 to 50, which is shown."""
    page, at = trained(open_page, 60, **options)
    send(page, f"{at}/position", "PUT", {"update": 20})
    send(page, f"{at}/settings", "PATCH", ADAM)
    send(page, f"{at}/step", "POST", {"count": 30})
    expect(page.locator(".run-where")).to_have_text("50", timeout=READY)
    return page, at


def open_panel(page: Page) -> None:
    more = page.locator("#more")
    if more.is_visible():
        more.click()
    page.get_by_role("button", name="Branches", exact=True).click()
    expect(page.locator(".branch-table tbody tr")).not_to_have_count(0, timeout=READY)


def test_go_back_take_adam_run_on_and_see_two_curves(open_page: Open) -> None:
    """The whole story by hand: the learner is told that the old future is kept, and both losses are drawn on one axis, with the differences in words."""
    page, at = trained(open_page, 60)
    page.locator(".run-track").focus()
    page.keyboard.press("Home")
    stands(page, at, 0)
    page.locator("#field-optimizer").select_option("adam")
    notice = page.locator("#notices")
    expect(notice).to_contain_text("what had followed is kept as branch 1, up to update 60", timeout=READY)
    page.get_by_role("button", name="epoch", exact=True).click()
    for update in (10, 20, 30):
        page.get_by_role("button", name="On one epoch").click()
        stands(page, at, update)
    page.get_by_role("button", name="Branches", exact=True).click()
    rows = page.locator(".branch-table tbody tr")
    expect(rows).to_have_count(2, timeout=READY)
    expect(rows.nth(0)).to_contain_text("update 60")
    expect(rows.nth(0)).to_contain_text("SGD instead of Adam")
    expect(rows.nth(1)).to_contain_text("shown")
    expect(rows.nth(1)).to_contain_text("update 30")
    expect(page.locator(".branch-words")).to_contain_text("Branch 1 has SGD instead of Adam")
    losses = page.locator(".compare-losses canvas")
    expect(losses).to_be_visible(timeout=READY)
    expect(losses).to_have_attribute("aria-label", said_losses(page, at))
    captions = page.locator(".compare-side figcaption")
    expect(captions.nth(0)).to_have_text("branch 2, after 30 updates")
    expect(captions.nth(1)).to_have_text("branch 1, after 30 updates")
    drawn = "all => all.map(one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(value => value > 0))"
    assert page.locator(".compare canvas").evaluate_all(drawn) == [True] * 5


def said_losses(page: Page, at: str) -> Any:
    """What the API says of both curves' ends, as the picture must say it."""

    ends = [ask(page, f"{at}/metrics?branch={number}")["train_loss"][-1] for number in (2, 1)]
    return re.compile(".*".join(f"branch {number} {end:#.3g}".replace(".", r"\.") for number, end in zip((2, 1), ends, strict=True)))


def test_there_and_back_again(open_page: Open) -> None:
    """Going over leads to where a branch was left, with its very numbers and its settings in the form; the marks and curves are its own."""
    page, at = forked(open_page)
    here = ask(page, f"{at}/parameters")
    open_panel(page)
    page.get_by_role("button", name="Go there: branch 1").click()
    stands(page, at, 60)
    expect(page.locator("#field-optimizer")).to_have_value("sgd")
    expect(page.locator(".run-flag")).to_have_count(1)
    expect(page.locator(".branch-table tr[aria-current] input")).to_have_value("branch 1")
    page.get_by_role("button", name="Go there: branch 2").click()
    stands(page, at, 50)
    expect(page.locator("#field-optimizer")).to_have_value("adam")
    assert ask(page, f"{at}/parameters") == here


def test_the_notice_leads_to_the_comparison(open_page: Open) -> None:
    page, at = trained(open_page, 30)
    send(page, f"{at}/position", "PUT", {"update": 10})
    send(page, f"{at}/parameters", "PATCH", {"parameters": {"0.W[0,0]": 1.0}})
    page.locator("#notices").get_by_role("button", name="Compare").click(timeout=READY)
    expect(page.locator("#branches")).to_be_visible()
    expect(page.locator(".branch-words")).to_contain_text("the same settings", timeout=READY)
    expect(page.locator(".branch-words")).to_contain_text("0.W[0,0] set to 1 (update 10)")


def test_a_branch_is_begun_named_and_deleted(open_page: Open) -> None:
    page, at = trained(open_page, 12)
    open_panel(page)
    expect(page.locator(".branch-words")).to_contain_text("one course of events")
    expect(page.locator(".branch-words")).to_contain_text("at most 8 branches")
    page.get_by_label("Name of the new branch").fill("bold")
    page.get_by_role("button", name="Branch here").click()
    rows = page.locator(".branch-table tbody tr")
    expect(rows).to_have_count(2, timeout=READY)
    expect(page.get_by_label("Name of branch 2")).to_have_value("bold")
    page.get_by_label("Name of branch 1").fill("plain")
    page.get_by_label("Name of branch 1").press("Enter")
    expect(page.get_by_role("button", name="Go there: plain")).to_be_visible(timeout=READY)
    page.get_by_role("button", name="Delete: plain").click()
    expect(rows).to_have_count(1, timeout=READY)
    assert [each["name"] for each in ask(page, f"{at}/branches?curves=false")["branches"]] == ["bold"]


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (1024, 768, "dark"), (390, 844, "light")])
def test_the_panel_is_in_nobodys_way(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing in it, and the page is never wider than the window."""
    page, _ = forked(open_page, width=width, height=height, color_scheme=scheme)
    open_panel(page)
    expect(page.locator(".compare")).to_be_visible(timeout=READY)
    assert barriers(page, "#branches") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

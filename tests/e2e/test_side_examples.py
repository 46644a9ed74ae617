"""What each example of the batch says of a weight: the API's arrows, their mean, and an arrow that follows its example."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, preset, ready, session, step
from tests.e2e.test_side_inspector import number

Open = Callable[..., Page]
WEIGHT = "parameter:2.W[2,3]"


def opened(open_page: Open, *, changes: dict[str, Any] | None = None, **options: Any) -> Page:
    """The lab after three updates, with the batch laid out for a weight."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    page = open_page(path=link({**preset(first, "two_moons"), **(changes or {})}, paused=True, pinned=WEIGHT), **options)
    ready(page)
    step(page, "batch", 3)
    page.get_by_role("group", name="What to ask of this weight").get_by_text("examples", exact=True).click()
    expect(page.locator("button.arrow-row").first).to_be_visible(timeout=READY)
    return page


def test_every_example_has_its_arrow(open_page: Open) -> None:
    """Left where it pulls the weight up, as long as its gradient is large, on one linear scale; the words are the server's."""
    page = opened(open_page)
    found = ask(page, f"{session(page)}/explain/examples?target={WEIGHT}")
    assert page.locator("#inspector .section-sentence").inner_text() == found["sentence"]
    rows = page.locator("button.arrow-row")
    expect(rows).to_have_count(16)
    longest = max(abs(row["gradient"]) for row in found["rows"])
    for shown, row in zip(rows.all(), found["rows"], strict=True):
        assert shown.locator(".arrow-name").inner_text() == str(row["example"])
        assert number(shown.locator(".arrow-value").inner_text()) == pytest.approx(row["gradient"], rel=6e-4)
        track, arrow = shown.locator(".arrow-track").bounding_box(), shown.locator(".arrow").bounding_box()
        assert track and arrow
        middle = track["x"] + track["width"] / 2
        assert abs((arrow["x"] + arrow["width"] if row["gradient"] < 0 else arrow["x"]) - middle) < 1
        assert arrow["width"] == pytest.approx(max(8, abs(row["gradient"]) / longest * track["width"] / 2), abs=1)
    assert number(page.locator(".arrow-row.mean .arrow-value").inner_text()) == pytest.approx(found["mean"], rel=6e-4)


def test_an_arrow_follows_its_example(open_page: Open) -> None:
    page = opened(open_page)
    row = page.locator("button.arrow-row").nth(3)
    example = row.locator(".arrow-name").inner_text()
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Followed example, by number")).to_have_value(example)
    expect(page.locator("button.arrow-row[aria-pressed=true] .arrow-name")).to_have_text(example)
    fact = page.locator("#inspector .fact").nth(1).locator(".digits")
    expect(fact).to_have_text(page.locator("button.arrow-row[aria-pressed=true] .arrow-value").inner_text())


def test_penalties_belong_to_no_example(open_page: Open) -> None:
    """What they add is said beside the mean."""
    page = opened(open_page, changes={"l2": 0.1})
    expect(page.locator("#inspector")).to_contain_text("L1 and L2 add")
    found = ask(page, f"{session(page)}/explain/examples?target={WEIGHT}")
    assert found["mean"] + found["penalty"] == pytest.approx(found["gradient"], rel=1e-9)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_nothing_is_wider_than_its_card(open_page: Open, width: int, height: int) -> None:
    page = opened(open_page, width=width, height=height)
    assert page.locator("#inspector").evaluate("card => card.scrollWidth <= card.clientWidth")
    heads = page.locator(".arrow-heads").bounding_box()
    assert heads and heads["height"] < 20

"""The page without a mouse: the first minute from opening to a checked gradient and back, and a way by Tab to every part of the page, in sight."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, ready, session

Open = Callable[..., Page]
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const { outlineStyle, outlineWidth } = getComputedStyle(one), { x, y, width, height } = one.getBoundingClientRect();
    const ring = outlineStyle === "none" ? 0 : parseFloat(outlineWidth);
    const dock = document.querySelector("#transport"), fixed = getComputedStyle(dock).position === "fixed" && !dock.contains(one);
    const foot = fixed ? dock.getBoundingClientRect().top : innerHeight;
    const part = one.closest("#transport, #lens, #loop, #network, #legend, #inspector, #output, #run, #setup-card, #spec-sentence, .top, .skip");
    return { part: part?.id || part?.className || one.id, ring, seen: x >= 0 && y >= 0 && x + width <= innerWidth + 1 && y + Math.min(height, 24) <= foot };
}"""


def tour(page: Page) -> list[dict[str, Any]]:
    """What Tab comes to, from the beginning of the page to its end."""
    found = []
    for _ in range(200):
        page.keyboard.press("Tab")
        page.wait_for_timeout(20)
        focused = page.evaluate(FOCUSED)
        if focused is None:
            return found
        found.append(focused)
    raise AssertionError("Tab never comes to the end of the page")


@pytest.mark.parametrize(
    "width, height, parts",
    [
        (1440, 900, ["skip", "top", "setup-card", "transport", "lens", "predicting", "loop", "network", "inspector", "output", "run"]),
        (1024, 768, ["skip", "top", "spec-sentence", "transport", "lens", "predicting", "loop", "network", "inspector", "output", "run"]),
        (390, 844, ["skip", "top", "transport", "lens", "predicting", "loop", "network", "inspector", "output", "run", "spec-sentence"]),
    ],
)
def test_tab_comes_to_every_part_in_the_order_of_the_page(open_page: Open, width: int, height: int, parts: list[str]) -> None:
    """Each stop is ringed and in sight, not under the docked transport, and no part is come to twice."""
    page = open_page(width=width, height=height, reduced_motion="reduce")
    ready(page)
    expect(page.get_by_role("button", name="Follow it back")).to_be_visible(timeout=READY)
    found = tour(page)
    assert [one for one in found if one["ring"] < 2] == []
    assert [one for one in found if not one["seen"]] == []
    order = [one["part"] for one in found]
    assert [part for at, part in enumerate(order) if at == 0 or part != order[at - 1]] == parts


def test_the_first_minute_without_a_mouse(page: Page) -> None:
    """One button is come to by Tab: it follows the mistake; the right arrow brings its gradient home and checked; Space trains on."""
    ready(page)
    expect(page.get_by_role("button", name="Follow it back")).to_be_visible(timeout=READY)
    page.get_by_role("button", name="Follow it back").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("the loss is known", timeout=READY)
    expect(page.locator("#inspector h2")).to_contain_text("Weight", timeout=READY)
    for _ in range(15):
        before = page.locator("#status").inner_text()
        if page.locator("#inspector .check.ok").count():
            break
        page.keyboard.press("ArrowRight")
        expect(page.locator("#status")).not_to_have_text(before)
        page.wait_for_timeout(150)
    expect(page.locator("#inspector .check.ok")).to_contain_text("by two forward passes", timeout=READY)
    expect(page.locator("#inspector .inspector-sentence")).to_contain_text("Raise this weight by 0.01")
    for _ in range(3):
        before = page.locator("#status").inner_text()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#status")).not_to_have_text(before)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Follow it back")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Space")
    expect(page.locator("#status")).to_contain_text("training")


def test_a_weight_is_come_to_by_arrows_and_the_numbers_of_a_neuron(open_page: Open) -> None:
    """From neuron to neuron by arrows, Enter opens one, and its weights are buttons beside their numbers."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).to_contain_text("1 update done", timeout=READY)
    page.locator(".neuron").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    weight = page.locator("#inspector button.tile-number[data-ref^='parameter:0.W']").first
    expect(weight).to_have_attribute("aria-label", re.compile(r"^weight 0\.W\[\d,\d\]: −?[\d.]+"), timeout=READY)
    name = weight.get_attribute("data-ref")
    weight.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector .api-name")).to_have_text(str(name).removeprefix("parameter:"), timeout=READY)


def test_the_program_is_walked_by_arrows(open_page: Open) -> None:
    """One stop for Tab; the arrows stay within it; Enter runs the program to that op."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    page.locator(".cell[tabindex='0']").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    goal = page.locator(".cell:focus").get_attribute("data-first")
    page.keyboard.press("Enter")
    expect(page.locator(".cell[aria-current=step]")).to_have_attribute("data-first", str(goal), timeout=READY)
    assert ask(page, session(page))["state"]["position"]["instruction"] == int(str(goal)) + 1


def test_the_skip_link_leads_past_the_set_up(open_page: Open) -> None:
    """The first stop; the next one after it is Play."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Play")

"""The panel of noise, and what axe finds in the views of paths and examples: nothing."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, barriers, link, preset, ready, session, step
from tests.e2e.test_side_inspector import number

Open = Callable[..., Page]
SIZES = [(1440, 900, "light"), (1024, 768, "dark"), (390, 844, "light"), (390, 844, "dark")]


def open_noise(page: Page) -> None:
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    page.get_by_role("button", name="Noise", exact=True).click()
    expect(page.locator(".noise-chart")).to_be_visible(timeout=READY)


def faults_in(page: Page, context: str) -> str:
    """What axe finds in a part of the page."""
    return json.dumps(barriers(page, context))


def test_the_chart_is_the_apis(open_page: Open) -> None:
    """Every number in the table, a point for each size where it belongs on logarithmic axes, and the words of the server."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    step(page, "batch", 3)
    open_noise(page)
    found = ask(page, f"{session(page)}/noise")
    assert page.locator(".noise-sentence").inner_text() == found["sentence"]
    rows = page.locator(".noise-words tbody tr").all()
    assert len(rows) == len(found["sizes"])
    for shown, size in zip(rows, found["sizes"], strict=True):
        cells = shown.locator("td").all_inner_texts()
        assert shown.locator("th").inner_text().startswith(str(size["size"]))
        assert number(cells[0]) == pytest.approx(size["spread"], rel=6e-3)
        assert number(cells[1]) == pytest.approx(size["spread"] / found["gradient"], rel=6e-3)
        assert cells[2].replace("\xa0", " ") == f"{round(100 * size['downhill'])} %"
    points = page.locator(".noise-chart .point").evaluate_all("all => all.map(one => [Number(one.getAttribute('cx')), Number(one.getAttribute('cy'))])")
    assert len(points) == len(found["sizes"])
    steps = [after[0] - before[0] for before, after in zip(points, points[1:], strict=False)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=0.01)
    assert all(after[1] > before[1] for before, after in zip(points, points[1:], strict=False))
    expect(page.locator(".noise-words tr.yours")).to_contain_text("16 (yours)")


def test_it_is_measured_anew_when_the_network_has_moved(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    ready(page)
    open_noise(page)
    expect(page.locator(".noise-words caption")).to_contain_text("At update 0")
    step(page, "batch", 2)
    expect(page.locator(".noise-words caption")).to_contain_text("At update 2", timeout=READY)


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_panel_is_for_everybody(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing, and nothing is wider than the window."""
    page = open_page(width=width, height=height, color_scheme=scheme, reduced_motion="reduce")
    ready(page)
    step(page, "batch", 1)
    open_noise(page)
    assert faults_in(page, "#noise") == "[]"
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "height", "scheme"), SIZES)
def test_the_inspectors_sections_are_for_everybody(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing in the ladder, the paths, the batch and the batch mean."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    at = link(preset(first, "two_moons"), paused=True, pinned="parameter:0.W[1,2]", scope="batch")
    page = open_page(path=at, width=width, height=height, color_scheme=scheme, reduced_motion="reduce")
    ready(page)
    step(page, "batch", 2)
    tabs = page.get_by_role("group", name="What to ask of this weight")
    for tab, part in (("chain", ".batch-mean"), ("paths", ".path"), ("examples", "button.arrow-row")):
        tabs.get_by_text(tab, exact=True).click()
        expect(page.locator(part).first).to_be_visible(timeout=READY)
        assert faults_in(page, "#inspector") == "[]", tab
    page.locator("#inspector .inspector-head .button.quiet").click()
    page.locator(".neuron[data-place='1 2']").click()
    expect(page.locator("#inspector .ladder")).to_be_visible(timeout=READY)
    assert faults_in(page, "#inspector") == "[]"

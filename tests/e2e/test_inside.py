"""Inside a layer: the numbers are the API's, everything is chosen by keyboard too, and axe finds nothing at any width."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import READY, ask, link, ready, session
from tests.e2e.test_blocks import IMAGES, SEQUENCE
from tests.e2e.test_noise import faults_in
from tests.e2e.test_side_inspector import number

Open = Callable[..., Page]
RESIDUAL = {
    **IMAGES,
    "layers": [IMAGES["layers"][0], {"kind": "residual", "layers": [{"kind": "conv2d", "filters": 2, "size": 3, "padding": 1}, {"kind": "relu"},
               {"kind": "conv2d", "filters": 2, "size": 5, "padding": 2}]}, {"kind": "flatten"}, {"kind": "linear", "units": 10}],
}  # fmt: skip


def look_inside(page: Page, shown: str) -> None:
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    page.get_by_role("button", name="Inside", exact=True).click()
    expect(page.locator(shown)).to_be_visible(timeout=READY)


def answered(page: Page, what: str) -> Any:
    """What the server says of the followed example's way through a layer."""
    return ask(page, f"{session(page)}/{what}&example={page.get_by_label('Followed example, by number').input_value()}")


def window_holds(page: Page, what: str) -> int:
    """Hold the products under the window to what the server says, and count them."""
    products = [number(text) for text in page.locator(".window-numbers b").all_inner_texts()]
    assert products == pytest.approx([term["product"] for term in answered(page, what)["window"]], rel=6e-3, abs=1e-9)
    return len(products)


def gradients_by_step(page: Page) -> Locator:
    """The cells of the row of the unrolled layer with the size of each time step's gradient."""
    return page.locator(".unrolled tr").filter(has=page.get_by_role("rowheader", name="‖∂L/∂h‖", exact=True)).locator("td")


def faultless(page: Page) -> None:
    assert faults_in(page, "#inside") == "[]"
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def trained(page: Page) -> None:
    """One update on."""
    ready(page)
    at = f"{session(page)}/step"
    page.evaluate("path => fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{\"unit\": \"batch\"}'})", at)
    expect(page.locator("#status")).to_contain_text("1 update done", timeout=READY)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_a_sequence_is_unrolled_with_the_numbers_of_the_api(open_page: Open, width: int, scheme: str) -> None:
    """A column a time step; the parts of one number of the shared matrix add up; a cut says what is left; the number can be pinned, with its uses."""
    page = open_page(width=width, height=844, color_scheme=scheme, reduced_motion="reduce", path=link(SEQUENCE, paused=True, unit="batch"))
    trained(page)
    look_inside(page, ".unrolled")
    cells, moments = gradients_by_step(page), answered(page, "sequence?layer=1")["moments"]
    expect(cells.first).not_to_contain_text("?", timeout=READY)
    for cell, moment in zip(cells.all()[:8], moments, strict=True):
        assert number("".join(cell.inner_text().split()).replace("·10", " · 10")) == pytest.approx(moment["h"]["size"], rel=6e-3)
    page.get_by_label("Steps back after which the gradient is cut").press("Home")
    expect(page.locator(".cut-choice")).to_contain_text("cut after 1 step back")
    faultless(page)
    page.get_by_role("button", name="Pin it").click()
    expect(page.locator(".use-fall li")).to_have_count(8, timeout=READY)
    expect(page.locator(".use-total")).to_contain_text("Σ of 8")
    assert faults_in(page, "#inspector") == "[]"


def test_where_truncation_cuts_there_is_a_dashed_line_and_nothing_beyond(open_page: Open) -> None:
    """The API says at which steps the gradient is stopped: the same columns have the line, and what lies before the last one is cut off."""
    layers = [layer | ({"truncate": 2} if layer["kind"] == "lstm" else {}) for layer in SEQUENCE["layers"]]
    page = open_page(reduced_motion="reduce", path=link({**SEQUENCE, "layers": layers}, paused=True, unit="batch"))
    trained(page)
    look_inside(page, ".unrolled")
    cells, moments = gradients_by_step(page), answered(page, "sequence?layer=1")["moments"]
    expect(cells.nth(len(moments) - 1)).not_to_contain_text("?", timeout=READY)
    assert any(moment["cut"] for moment in moments)
    for cell, moment in zip(cells.all()[: len(moments)], moments, strict=True):
        assert ("cut-before" in (cell.get_attribute("class") or "")) == moment["cut"]
        assert (cell.inner_text() == "cut off") == moment["h"]["stopped"]
    expect(page.locator(".unrolled caption")).to_contain_text("truncation")
    assert page.locator(".unrolled td.cut-before").first.evaluate("cell => getComputedStyle(cell).borderLeftStyle") == "dashed"


def test_a_sequence_unknown_yet_says_so(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce", path=link(SEQUENCE, paused=True, unit="batch"))
    ready(page)
    look_inside(page, ".unrolled")
    expect(page.locator(".unrolled .cell-value.unknown").first).to_have_text("?")
    expect(page.locator(".unrolled .cell-value:not(.unknown)")).to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_window_moves_by_keyboard_with_its_numbers(open_page: Open, width: int, scheme: str) -> None:
    """Products under the window add up to z where it stands; max pooling marks a winner for each window."""
    page = open_page(width=width, height=844, color_scheme=scheme, reduced_motion="reduce", path=link(IMAGES, paused=True, unit="batch"))
    trained(page)
    look_inside(page, ".window-numbers")
    scrubber = page.get_by_label("window at, row by row")
    scrubber.press("Home")
    scrubber.press("ArrowRight")
    expect(scrubber).to_have_attribute("aria-valuetext", "row 1, column 2", timeout=READY)
    window_holds(page, "convolution?layer=1&at=0,1")
    faultless(page)
    page.get_by_role("button", name="max pool 3", exact=True).click()
    expect(page.locator(".window-numbers td.chosen")).to_have_count(1, timeout=READY)
    expect(page.locator("circle.won")).to_have_count(32)
    faultless(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_both_convolutions_of_a_residual_layer_and_its_projection_are_reached(open_page: Open, width: int, scheme: str) -> None:
    """A tab for each, by its own name; the products are those of its own kernel."""
    page = open_page(width=width, height=844, color_scheme=scheme, reduced_motion="reduce", path=link(RESIDUAL, paused=True, unit="batch"))
    trained(page)
    look_inside(page, ".window-numbers")
    for label, scope, terms in (("convolution 2", "2.conv2d", 25), ("projection", "skip.conv2d", 1), ("convolution 0", "0.conv2d", 9)):
        page.get_by_role("button", name=f"residual 1, {label}", exact=True).click()
        expect(page.locator(".inside-sentence")).to_contain_text(f"residual 1, {label}: the same kernel", timeout=READY)
        assert window_holds(page, f"convolution?scope=1.residual/{scope}") == terms
    faultless(page)


def test_three_cells_stand_side_by_side(page: Page) -> None:
    """Where the network reads no sequence, on copy memory: a line and a column of numbers each."""
    ready(page)
    page.get_by_role("button", name="Pause", exact=True).click()
    look_inside(page, ".memory-chart")
    expect(page.locator(".memory-chart .line")).to_have_count(4)
    found = ask(page, f"{session(page)}/memory")
    assert page.locator(".inside-sentence").inner_text() == found["sentence"]
    first = page.locator("#inside .numbers tbody tr").first.locator("td").all_inner_texts()
    assert [number(text) for text in first] == pytest.approx([cell["h"][0] for cell in found["cells"]], rel=6e-3)
    faultless(page)

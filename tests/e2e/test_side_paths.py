"""Paths in the inspector: the API's rows, lit in the network when pointed at and the other way round, cut and refused in words."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, preset, ready, session, step
from tests.e2e.test_side_inspector import number
from tests.e2e.test_side_ladder import edge, ringed
from tests.e2e.test_stage_network import pixel

Open = Callable[..., Page]
WEIGHT = "parameter:0.W[1,2]"


def opened(open_page: Open, spec: dict[str, Any] | None = None, target: str = WEIGHT, **options: Any) -> Page:
    """The lab after three updates, with the paths to a weight laid out."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    page = open_page(path=link(spec or preset(first, "two_moons"), paused=True, pinned=target), **options)
    ready(page)
    step(page, "batch", 3)
    page.get_by_role("group", name="What to ask of this weight").get_by_text("paths", exact=True).click()
    return page


def answer(page: Page, target: str = WEIGHT) -> Any:
    example = page.get_by_label("Followed example, by number").input_value()
    return ask(page, f"{session(page)}/explain/paths?target={target}&example={example}")


def test_every_path_is_a_row(open_page: Open) -> None:
    """Names, factors, product and the marked factor of each, in the API's order; the last line is the gradient; the sentence is the server's."""
    page = opened(open_page)
    expect(page.locator(".path")).to_have_count(4, timeout=READY)
    found = answer(page)
    assert page.locator("#inspector .section-sentence").inner_text() == found["sentence"]
    for shown, row in zip(page.locator(".path").all(), found["rows"], strict=True):
        assert shown.locator(".path-names").inner_text() == " → ".join(["L", *(neuron["text"] for neuron in row["neurons"])])
        assert number(shown.locator(".path-product").inner_text()) == pytest.approx(row["product"], rel=6e-4)
        factors = [number(text) for text in shown.locator(".path-factors span, .path-factors b").all_inner_texts()]
        assert factors == pytest.approx([factor["value"] for factor in row["factors"]], rel=6e-4)
        assert number(shown.locator(".path-factors b").inner_text()) == pytest.approx(row["factors"][row["marked"]]["value"], rel=6e-4)
    total = page.locator("#inspector .rung-row.sum [data-ref^='gradient:'] .digits").inner_text().replace("\n", "")
    assert number(total) == pytest.approx(found["gradient"], rel=6e-4)


def test_a_row_lights_its_way_and_an_edge_its_rows(open_page: Open) -> None:
    """Point at a row: the neurons it passes are ringed and the line into the loss has its halo; point at an edge or a neuron: the rows through it are lit."""
    page = opened(open_page)
    expect(page.locator(".path")).to_have_count(4, timeout=READY)
    page.mouse.move(700, 5)
    found = answer(page)
    corner = page.locator("#network").bounding_box()
    assert corner
    between = [int(row["neurons"][1]["ref"].split("[")[1].rstrip("]")) for row in found["rows"]]
    for row, unit in zip(page.locator(".path summary").all(), between, strict=True):
        x, y = edge(page, "1 2", f"2 {unit}", 0.9)
        beside = [y - corner["y"] + away for away in range(-7, 8)]
        before = [pixel(page, x - corner["x"], at) for at in beside]
        row.hover()
        expect(page.locator(".path[data-lit]")).to_have_count(1)
        assert ringed(page) == {"0 1", "1 2", f"2 {unit}", "3 0"}
        expect(page.locator(f".neuron[data-place='2 {unit}']")).to_have_attribute("data-lit", "yes")
        assert [pixel(page, x - corner["x"], at) for at in beside] != before
    page.mouse.move(*edge(page, f"2 {between[0]}", "3 0", 0.2))
    expect(page.locator(".path[data-lit]")).to_have_count(1)
    expect(page.locator(".path").first).to_have_attribute("data-lit", "")
    page.locator(".neuron[data-place='1 2']").hover()
    expect(page.locator(".path[data-lit]")).to_have_count(4)
    page.locator(".neuron[data-place='1 1']").hover()
    expect(page.locator(".path[data-lit]")).to_have_count(0)


def test_a_row_is_reached_and_opened_by_the_keyboard(open_page: Open) -> None:
    """Focus lights the path; Enter opens its factors as tiles, which stay open when the numbers change."""
    page = opened(open_page)
    expect(page.locator(".path")).to_have_count(4, timeout=READY)
    page.locator(".path summary").nth(1).focus()
    expect(page.locator(".path[data-lit]")).to_have_count(1)
    page.keyboard.press("Enter")
    tiles = page.locator(".path[open] .path-tiles .tile-number")
    expect(tiles).to_have_count(6)
    expect(page.locator(".path[open] .caption")).to_contain_text("this path most")
    tiles.first.hover()
    expect(tiles.first).to_have_attribute("data-lit", "")


def test_very_many_paths_are_counted_and_cut(open_page: Open) -> None:
    """Twenty rows, the rest as one sum with its number, all digits of it."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    wide = [{"kind": "linear", "units": 8}, {"kind": "tanh"}]
    page = opened(open_page, {**preset(first, "two_moons"), "layers": [*wide * 4, {"kind": "linear", "units": 1}]})
    expect(page.locator(".path")).to_have_count(20, timeout=READY)
    assert answer(page)["count"] == 512
    expect(page.locator("#inspector .folded")).to_contain_text("and 492 more paths")
    expect(page.locator(".path-factors .skipped").first).to_contain_text("more")


def test_a_refusal_is_said_where_the_paths_would_be(open_page: Open, faults: Any) -> None:
    """The facts and the other questions stay."""
    faults.allow("413")
    first = open_page(reduced_motion="reduce")
    ready(first)
    wide = [{"kind": "linear", "units": 300}, {"kind": "tanh"}]
    page = opened(open_page, {**preset(first, "two_moons"), "layers": [*wide * 5, {"kind": "linear", "units": 1}]})
    expect(page.locator("#inspector .refused")).to_contain_text("and the limit here is 200,000; take a weight nearer to the loss", timeout=READY)
    expect(page.locator("#inspector .facts")).to_be_visible()
    page.get_by_role("group", name="What to ask of this weight").get_by_text("chain", exact=True).click()
    expect(page.locator("#inspector .rung").first).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_nothing_is_wider_than_its_card(open_page: Open, width: int, height: int) -> None:
    page = opened(open_page, width=width, height=height)
    expect(page.locator(".path")).to_have_count(4, timeout=READY)
    page.locator(".path summary").first.click()
    assert page.locator("#inspector").evaluate("card => card.scrollWidth <= card.clientWidth")
    cut = "tiles => tiles.filter(tile => tile.scrollWidth > tile.clientWidth + 1).map(tile => tile.textContent)"
    assert page.locator("#inspector .path-tiles .tile-number").evaluate_all(cut) == []

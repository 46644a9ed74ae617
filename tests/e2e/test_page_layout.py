"""What stays in its place: the stage while one steps, the run's cursor on its axis, the inspector's foot."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, preset, ready, session, step

Open = Callable[..., Page]


def paused(open_page: Open, name: str = "two_moons", *, width: int = 1440, height: int = 900, **view: object) -> Page:
    """A preset that does not run, after three updates."""
    first = open_page(path="/health")
    page = open_page(width=width, height=height, path=link(preset(first, name), paused=True, **view))
    ready(page)
    step(page, "batch", 3)
    return page


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768), (390, 844)])
def test_nothing_moves_while_one_steps(open_page: Open, width: int, height: int) -> None:
    """Through a whole update, op by op, the program, the network and the inspector stay where they are, however long the sentences."""
    page = paused(open_page, width=width, height=height, pinned="parameter:0.W[0,2]")
    count = len(ask(page, f"{session(page)}/graph")["instructions"])

    def boxes() -> list[object]:
        places = [page.locator(place).bounding_box() for place in ("#loop", "#network", "#legend", "#inspector")]
        return [*places, page.locator("#inspector .ladder").evaluate("ladder => ladder.offsetTop")]

    expect(page.locator("#inspector .rung")).to_have_count(6, timeout=READY)
    before = boxes()
    for _ in range(count):
        step(page, "op", 1)
        assert boxes() == before, page.locator("#status").inner_text()


def test_the_cursor_stands_on_the_axis(open_page: Open) -> None:
    """The thumb of the track is where the axis of the plots has this update."""
    page = paused(open_page)
    track, canvas = page.locator(".run-track"), page.locator(".run-canvas").bounding_box()
    expect(track).to_have_attribute("max", "10")
    expect(track).to_have_value("3")
    box = track.bounding_box()
    assert box and canvas
    left, right = canvas["x"] + 40, canvas["x"] + canvas["width"] - 92
    assert (box["x"] + 8, box["x"] + box["width"] - 8) == pytest.approx((left, right), abs=0.6)
    page.mouse.click(left + 0.7 * (right - left), box["y"] + box["height"] / 2)
    expect(page.locator("#status")).to_contain_text("7 updates done", timeout=READY)


def test_the_inspector_says_that_there_is_more(open_page: Open) -> None:
    """A long ladder ends in a fade with words, until its end is seen."""
    page = paused(open_page, pinned="parameter:0.W[0,2]")
    more = page.locator("#inspector .more-below")
    expect(more).to_be_visible(timeout=READY)
    page.locator("#inspector").evaluate("card => card.scrollTo(0, card.scrollHeight)")
    expect(more).to_be_hidden()
    expect(page.locator("#inspector .check")).to_be_visible()

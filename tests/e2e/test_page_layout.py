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


def test_all_of_the_opening_setup_is_seen_at_once(open_page: Open) -> None:
    """At 1440 × 900 neither the page nor the card scrolls, and the schedule is among what is rarely set."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    expect(page.get_by_label("seed")).to_have_value("7")
    for place in ("#setup-card", "html"):
        assert page.locator(place).evaluate("one => one.scrollHeight <= one.clientHeight"), place
    for place in (page.get_by_label("seed"), page.get_by_text("Break it")):
        expect(place).to_be_in_viewport(ratio=1)
    page.locator("#setup .layer > summary").first.click()
    expect(page.locator("#setup .layer[open] [data-path='layers.0.train'] output")).to_have_text("W, b")
    page.get_by_text("schedule and more").click()
    page.get_by_label("schedule", exact=True).select_option("cosine")
    expect(page.get_by_text("schedule and more")).to_have_count(0)
    expect(page.get_by_label("rate η", exact=True)).to_have_value("cosine")


def test_a_tap_shows_what_it_opens(open_page: Open) -> None:
    """On a phone the set-up comes into sight when it is opened, and no tip stays over the network: the inspector says the same."""
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True, reduced_motion="reduce")
    ready(page)
    page.locator(".neuron[data-place='1 1']").tap()
    expect(page.locator("#inspector h2")).to_contain_text("Neuron")
    expect(page.locator("#network-tip")).to_be_hidden()
    page.get_by_role("button", name="change", exact=True).tap()
    expect(page.locator("#setup-title")).to_be_in_viewport(ratio=1)
    expect(page.get_by_label("task", exact=True)).to_be_in_viewport(ratio=1)


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


@pytest.mark.parametrize("width", [1920, 1440, 1400, 1399, 1280, 1279, 1120, 1024, 768, 767, 390, 360])
def test_nothing_overlaps_at_any_width(open_page: Open, width: int) -> None:
    """Every control above the network is whole and apart from the others, speed included; the page is never wider than its window."""
    page = open_page(width=width, height=800, reduced_motion="reduce")
    ready(page)
    controls = page.locator(
        ".top :is(button, summary), #transport :is(button, input), #lens button, #run-head :is(button, input), #legend :is(.legend-bar, .legend-symbol, li)"
    )
    boxes = controls.evaluate_all(
        """all => all.filter((one) => one.checkVisibility({visibilityProperty: true})).map((one) => one.getBoundingClientRect())
            .filter(({width, height}) => width && height).map(({x, y, width, height}) => ({x, y, width, height}))"""
    )
    assert min(box["width"] for box in boxes) >= 18
    assert min(box["x"] for box in boxes) >= 8
    for one in range(len(boxes)):
        for other in range(one):
            a, b = boxes[one], boxes[other]
            across = min(a["x"] + a["width"], b["x"] + b["width"]) - max(a["x"], b["x"])
            down = min(a["y"] + a["height"], b["y"] + b["height"]) - max(a["y"], b["y"])
            assert across <= 0.5 or down <= 0.5, (a, b)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".speed-slider")).to_be_visible()


def test_charts_leave_the_lab_where_it_is(page: Page) -> None:
    """They open below it, three beside one another, and change with the run; closed, nothing of them is left."""
    ready(page)
    expect(page.locator("#accuracy")).to_contain_text("train", timeout=READY)
    before = [page.locator(place).bounding_box() for place in ("#stage", "#output-card", "#run")]
    page.get_by_role("button", name="Charts", exact=True).click()
    charts = page.locator("#charts .chart")
    expect(charts.locator("svg.main-svg").first).to_be_visible(timeout=READY)
    page.evaluate("scrollTo(0, 0)")
    assert [page.locator(place).bounding_box() for place in ("#stage", "#output-card", "#run")] == before
    assert charts.evaluate_all("all => all.map(one => one.dataset.chart)") == ["loss", "accuracy", "gradients"]
    assert len({round(box["y"]) for each in charts.all() if (box := each.bounding_box())}) == 1
    updates = "() => Math.max(...document.querySelector('[data-chart=loss]').data[0].x)"
    last = page.evaluate(updates)
    page.wait_for_function(f"last => ({updates})() > last", arg=last)
    page.get_by_role("button", name="Charts", exact=True).click()
    expect(charts).to_have_count(0)


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768), (768, 700), (390, 844)])
def test_the_run_can_be_stopped_from_anywhere(open_page: Open, width: int, height: int) -> None:
    """Scrolled to the end of the page, there is a button for it in sight: the docked transport's, or one in the top bar."""
    page = open_page(width=width, height=height)
    ready(page)
    if width < 1024:
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Table", exact=True).click()
    expect(page.locator("#table tbody tr").first).to_be_visible(timeout=READY)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    stop = page.get_by_role("button", name="Pause" if width < 768 else "Stop training", exact=True)
    expect(stop).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = stop.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)  # a locator's own click would scroll away from here
    expect(page.locator("#status")).not_to_contain_text("training")
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("#top-play")).to_be_hidden()


def test_the_menu_of_a_phone_leaves_what_is_chosen_in_sight(open_page: Open) -> None:
    """Open, it leaves the first line of the bar where it is; it shuts when something is chosen. The list of keys is in it, and each key is in one frame."""
    page = open_page(width=390, height=844, has_touch=True, is_mobile=True, reduced_motion="reduce")
    ready(page)
    menu, places = page.locator("#more"), (page.locator(".product"), page.locator("#badge"), page.locator("#more"))
    before = [place.bounding_box() for place in places]
    menu.tap()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert [place.bounding_box() for place in places] == before
    page.get_by_role("button", name="Keys", exact=True).tap()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_hidden()
    expect(page.get_by_label("work as keys")).to_be_in_viewport(ratio=1)
    torn = "all => all.filter(one => one.getClientRects().length !== 1 || one.offsetHeight > 24).map(one => one.textContent)"
    assert page.locator("kbd").evaluate_all(torn) == []
    menu.tap()
    page.get_by_text("Download", exact=True).tap()
    expect(page.get_by_role("button", name="gradients, CSV")).to_be_visible()


def test_a_tablet_has_every_action_in_its_bar(open_page: Open) -> None:
    """At 1024 the laboratory is among them, and the badge keeps to one line, beside the button that a scrolled page has."""
    page = open_page(path="/health")
    page = open_page(width=1024, height=768, path=link(preset(page, "reversal"), paused=True))
    ready(page)
    expect(page.get_by_role("link", name="Laboratory")).to_be_in_viewport(ratio=1)
    badge = page.locator(".badge")
    assert badge.evaluate("one => one.offsetHeight") == 24
    page.get_by_role("button", name="Table", exact=True).click()
    page.locator("#table").evaluate("one => one.scrollIntoView()")
    expect(page.locator("#top-play")).to_be_visible()
    assert badge.evaluate("one => one.offsetHeight") == 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024

"""How the page opens: training, or paused where motion is unwelcome; whole at three widths; the first minute."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, pause, preset, ready, session

Open = Callable[..., Page]


def test_it_opens_training(page: Page) -> None:
    """Two moons, by itself, with the update counted in the status and the title naming the network."""
    ready(page)
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    expect(page.locator("#status")).to_contain_text(re.compile(r"Update [1-9]\d* · training"), timeout=READY)
    expect(page.locator("#title")).to_have_text("two moons, 2-4-4-1 tanh")


def test_it_opens_paused_under_reduced_motion(open_page: Open) -> None:
    """Nothing runs, nothing is known yet, and what is unknown says so."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Nothing is computed yet")
    assert set(page.locator(".socket").all_inner_texts()) == {"?"}
    assert set(page.locator(".cell").evaluate_all("cells => cells.map(cell => cell.dataset.state)")) == {"to-come"}


def test_reduced_motion_draws_at_most_twice_a_second(open_page: Open) -> None:
    """Also while it runs as fast as possible."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    page.keyboard.press("Space")
    page.wait_for_timeout(700)
    drawn = page.evaluate("""async () => {
        const canvas = document.querySelector("#network canvas"), clear = CanvasRenderingContext2D.prototype.clearRect;
        let count = 0;
        CanvasRenderingContext2D.prototype.clearRect = function (...box) {
            if (this.canvas === canvas) count += 1;
            return clear.apply(this, box);
        };
        await new Promise((resolve) => setTimeout(resolve, 3000));
        return count;
    }""")
    # Frames come at most twice a second; each may bring a new surface, which is drawn too.
    assert 1 <= drawn <= 16


def test_all_of_it_is_seen_at_1440(page: Page) -> None:
    """No scrolling at 1440 × 900, and nothing on the stage is cut."""
    ready(page)
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [1440, 900]
    for place in ("#setup-card", "#stage", "#inspector", "#output-card", "#run"):
        box = page.locator(place).bounding_box()
        assert box
        assert box["y"] + box["height"] <= 900
        assert box["width"] > 150


@pytest.mark.parametrize(
    "width, height, seen", [(1024, 768, ["#network", "#loop", "#transport", "#inspector", "#spec-sentence"]), (390, 844, ["#network", "#loop", "#transport"])]
)
def test_the_main_things_are_seen_first(open_page: Open, width: int, height: int, seen: list[str]) -> None:
    """Network, program and transport without scrolling on smaller screens, and no sideways scrolling."""
    page = open_page(width=width, height=height)
    ready(page)
    for place in seen:
        box = page.locator(place).bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + min(box["height"], 200) <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_shifts_while_numbers_run(page: Page) -> None:
    """The browser's own measure of layout shift stays at zero through two seconds of training at full speed."""
    ready(page)
    expect(page.locator("#badge")).to_contain_text("gradients checked", timeout=READY)
    expect(page.locator("#accuracy")).to_contain_text("train", timeout=READY)
    page.locator(".speed-slider").fill("15")
    page.wait_for_timeout(500)
    shift = page.evaluate("""async () => {
        const moved = [];
        const names = (entry) => entry.sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
        new PerformanceObserver((list) => { for (const entry of list.getEntries()) moved.push(names(entry)); }).observe({ type: "layout-shift" });
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return moved;
    }""")
    assert shift == []


def test_follow_it_back(open_page: Open) -> None:
    """One button: it stops at the loss of the worst mistake, which is now followed, with its most guilty weight pinned."""
    page = open_page(reduced_motion="reduce")
    page.get_by_role("button", name="Follow it back").click(timeout=READY)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("#status")).to_contain_text("the loss is known")
    expect(page.locator(".neuron[data-lit=yes]")).to_have_count(2)
    here = session(page)
    worst = ask(page, f"{here}/predictions")["worst"]
    expect(page.get_by_label("Followed example, by number")).to_have_value(str(worst))
    gradients = ask(page, f"{here}/gradients?example={worst}")["gradients"]
    size, name = max(
        (abs(value), f"{key}[{row},{column}]")
        for key, rows in gradients.items()
        if isinstance(rows[0], list)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )
    expect(page.locator("#inspector")).to_contain_text(name)
    assert size > 0


def test_the_link_brings_back_the_view(open_page: Open) -> None:
    """Spec, lens, scope, unit and speed come out of the address; so does what was pinned."""
    first = open_page()
    ready(first)
    spec = preset(first, "xor")
    page = open_page(path=link(spec, lens="weights", scope="batch", unit="op", rate=None, pinned="parameter:0.W[0,1]", paused=True))
    ready(page)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    for chosen in ("weights", "batch mean", "op"):
        expect(page.get_by_role("button", name=chosen, exact=True).and_(page.locator("[aria-pressed=true]"))).to_be_visible()
    expect(page.locator(".speed-text")).to_have_text("fastest")
    assert ask(page, session(page))["spec"]["data"]["kind"] == spec["data"]["kind"]
    expect(page.locator(".neuron[data-lit=yes]")).to_have_count(2)


def test_a_link_that_cannot_be_read_says_so(open_page: Open) -> None:
    """In words, in place."""
    page = open_page(path="/#lab=nonsense")
    expect(page.locator("#notices [role=alert]")).to_contain_text("cannot be read", timeout=READY)


def test_a_paused_page_keeps_still(page: Page) -> None:
    """Pause ends the run within one update."""
    pause(page)
    here = session(page)
    before = ask(page, here)["state"]["position"]
    page.wait_for_timeout(600)
    assert ask(page, here)["state"]["position"] == before

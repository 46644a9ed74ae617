"""Proof and move: what the page shows of a check and of a curve is what the server measured, by pointer, by keyboard and by number."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import ask, barriers, link, preset, ready, session, step
from tests.e2e.test_side_inspector import number

WEIGHT = "2.W[1,2]"


@pytest.fixture
def still(open_page: Callable[..., Page]) -> Page:
    """The lab after two updates, standing still, with one weight pinned."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    return stand(page, preset(page, "two_moons"))


def stand(page: Page, spec: dict[str, Any], pinned: str = WEIGHT, updates: int = 2) -> Page:
    """Open a spec with one weight pinned and go on by so many updates."""
    page.goto(link(spec, pinned=f"parameter:{pinned}", paused=True))
    page.reload()
    ready(page)
    step(page, "batch", updates)
    return page


def section(page: Page, name: str) -> None:
    page.locator("#inspector .sections").get_by_role("button", name=name, exact=True).click()


def measured(page: Page, what: str, **query: Any) -> Any:
    """The same answer, asked of the server."""
    example = page.get_by_label("Followed example, by number").input_value()
    asked = "&".join(f"{name}={value}" for name, value in {"example": example, **query}.items())
    return ask(page, f"{session(page)}/explain/{what}?target=parameter:{WEIGHT}&{asked}")


def shown(page: Page, name: str) -> float:
    """A number of the section, by its name."""
    row = page.locator("#inspector .difference > div").filter(has=page.get_by_text(name, exact=True))
    return number(row.locator("dd").inner_text())


def test_the_slider_goes_through_the_measured_steps(still: Page) -> None:
    """Each place of the slider is a step that the server measured: its two losses, its slope, its error and its words."""
    section(still, "proof")
    found = measured(still, "proof")
    slider = still.get_by_role("slider", name="Step h")
    expect(slider).to_have_value(str(found["best"]))
    for place in (0, 20, 44, 60):
        slider.fill(str(place))
        point = found["sweep"][place]
        expect(still.locator("#inspector .regime")).to_have_text(point["sentence"])
        assert shown(still, "their difference / 2h") == pytest.approx(point["slope"], rel=1e-8)
        losses = still.locator("#inspector .difference dd").all_inner_texts()[:2]
        assert [float(text.replace("−", "-")) for text in losses] == pytest.approx([point["above"], point["below"]], rel=1e-14)
        assert float(still.locator(".valley .ring").get_attribute("cx") or 0) > 0
    slider.focus()
    still.keyboard.press("ArrowLeft")
    expect(slider).to_have_value("59")
    expect(still.locator("#status")).to_contain_text("2 updates done")
    expect(still.locator("#inspector .check.ok")).to_contain_text("Agrees to")


def test_a_click_into_the_valley_chooses_its_step(still: Page) -> None:
    section(still, "proof")
    chart = still.locator(".valley svg")
    expect(chart).to_be_visible()
    dot = still.locator(".valley .dot").nth(30)
    box = dot.bounding_box()
    assert box
    still.mouse.click(box["x"] + box["width"] / 2, box["y"] - 20)
    expect(still.get_by_role("slider", name="Step h")).to_have_value("30")


def test_the_batch_has_its_own_proof(still: Page) -> None:
    """The scope of the page chooses whose loss is measured."""
    section(still, "proof")
    expect(still.locator("#inspector .proof-sentence")).to_contain_text("with example")
    still.get_by_role("button", name="batch mean").click()
    expect(still.locator("#inspector .proof-sentence")).to_contain_text("with the batch")
    assert shown(still, "backpropagation") == pytest.approx(measured(still, "proof", scope="batch")["gradient"], rel=1e-8)


def test_before_its_turn_a_gradient_is_measured_and_not_compared(still: Page) -> None:
    section(still, "proof")
    step(still, "pass", 2)
    expect(still.locator("#inspector .check.open")).to_contain_text("has not come to it yet")
    expect(still.locator("#inspector .difference")).to_contain_text("best measurement")


def test_a_corner_shows_both_slopes(open_page: Callable[..., Page]) -> None:
    """A unit exactly at its kink: the two one-sided slopes, the one that is taken and the convention in words."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    spec = {
        "data": {"kind": "table", "inputs": [[0.0, 0.0]], "targets": [[-1.0]], "task": "regression"},
        "batch_size": 1,
        "layers": [{"kind": "linear", "units": 2}, {"kind": "relu"}, {"kind": "linear", "units": 1, "init": {"kind": "constant", "value": 1}}],
        "loss": {"kind": "mean_squared_error"},
        "optimizer": {"kind": "sgd", "learning_rate": 0.01},
    }
    stand(page, spec, "0.b[0]", 1)
    section(page, "proof")
    verdict = page.locator("#inspector .check")
    expect(verdict).to_contain_text("corner")
    expect(verdict).to_contain_text("ReLU 1 is given the slope 0")
    slopes = [number(text) for text in page.locator("#inspector .corner .digits").all_inner_texts()]
    assert slopes == pytest.approx([0, 2, 0], abs=1e-3)
    expect(page.locator(".valley .dot.kink").first).to_be_attached()
    expect(page.locator("#inspector .regime")).to_contain_text("mixes two slopes")
    expect(page.locator("#badge button")).to_have_attribute("data-ok", "true")


def places(page: Page) -> tuple[Locator, dict[str, float]]:
    """The curve, and where on the screen it is."""
    section(page, "move")
    curve = page.get_by_role("slider", name=WEIGHT)
    expect(curve).to_be_visible()
    page.wait_for_timeout(300)
    box = curve.bounding_box()
    assert box
    return curve, {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def drag(page: Page, box: dict[str, float], to: float, *, let_go: bool = True) -> None:
    """Take the point in the middle to a share of the width."""
    page.mouse.move(box["x"] + box["width"] * 153 / 276, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.2, 0.6, 1.0):
        page.mouse.move(box["x"] + box["width"] * (153 / 276 + share * (to - 153 / 276)), box["y"] + box["height"] / 2)
    if let_go:
        page.mouse.up()


def value(page: Page) -> float:
    found: list[list[float]] = ask(page, f"{session(page)}/parameters")["parameters"]["2.W"]
    return found[1][2]


def test_dragging_shows_measured_losses_and_letting_go_puts_it_back(still: Page) -> None:
    """While it is dragged, the loss shown is one that a forward pass gave, beside what the tangent promised; letting go restores."""
    curve, box = places(still)
    found = measured(still, "move")
    before = value(still)
    drag(still, box, 0.8, let_go=False)
    at = float(curve.get_attribute("aria-valuenow") or 0)
    point = next(point for point in found["points"] if point["at"] == at)
    assert point["at"] > found["at"] + 0.5
    assert shown(still, "loss there") == pytest.approx(point["loss"], rel=1e-5)
    assert shown(still, "promised by the tangent") == pytest.approx(point["promised"], rel=1e-5)
    expect(still.locator("#inspector .regime")).to_have_text(point["sentence"])
    still.mouse.up()
    expect(curve).to_have_attribute("aria-valuenow", str(found["at"]))
    expect(still.get_by_role("button", name="Put back")).to_be_disabled()
    assert value(still) == before


def test_letting_go_can_keep_it(still: Page) -> None:
    curve, box = places(still)
    still.get_by_role("button", name="keeps it").click()
    drag(still, box, 0.3, let_go=False)
    at = float(curve.get_attribute("aria-valuenow") or 0)
    still.mouse.up()
    expect(still.get_by_label(f"Value of {WEIGHT}")).to_have_attribute("title", str(at))
    assert value(still) == at


def test_the_keyboard_moves_it(still: Page) -> None:
    """Arrows and pages move the point; Escape puts it back and keeps the pin, Enter keeps the value."""
    curve, _ = places(still)
    found = measured(still, "move")
    curve.focus()
    for key in ("PageUp", "ArrowLeft"):
        still.keyboard.press(key)
    expect(curve).to_have_attribute("aria-valuenow", str(found["points"][49]["at"]))
    still.keyboard.press("Escape")
    expect(curve).to_have_attribute("aria-valuenow", str(found["at"]))
    still.keyboard.press("End")
    expect(curve).to_have_attribute("aria-valuenow", str(found["points"][-1]["at"]))
    still.keyboard.press("Enter")
    expect(still.get_by_label(f"Value of {WEIGHT}")).to_have_attribute("title", str(found["points"][-1]["at"]))
    assert value(still) == found["points"][-1]["at"]
    expect(still.locator("#status")).to_contain_text("2 updates done")


def test_a_number_is_measured_exactly(still: Page) -> None:
    """The way without dragging: plus, minus, or any number, kept or put back by a button."""
    curve, _ = places(still)
    field = still.get_by_label("Place: a number")
    field.fill("0,777")
    field.press("Enter")
    expect(curve).to_have_attribute("aria-valuenow", "0.777")
    point = measured(still, "move", at=0.777)["chosen"]
    assert shown(still, "loss there") == pytest.approx(point["loss"], rel=1e-5)
    still.get_by_role("button", name="Put back").click()
    found = measured(still, "move")
    expect(curve).to_have_attribute("aria-valuenow", str(found["at"]))
    still.get_by_role("button", name="Raise").click()
    expect(curve).to_have_attribute("aria-valuenow", str(found["points"][41]["at"]))
    still.get_by_role("button", name="Lower").click()
    for refused in ("not a number", "1e9", ""):
        field.fill(refused)
        field.press("Enter")
        expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("-0.25")
    field.press("Enter")
    expect(curve).to_have_attribute("aria-valuenow", "-0.25")
    still.get_by_role("button", name="Keep", exact=True).click()
    expect(still.get_by_label(f"Value of {WEIGHT}")).to_have_attribute("title", "-0.25")
    assert value(still) == -0.25


def test_a_kept_weight_is_a_network_of_its_own_in_the_middle_of_an_update(still: Page) -> None:
    """Kept in the middle of an update, the pass is made anew: the curve then stands at the new value, and all gradients are right."""
    places(still)
    step(still, "pass", 3)
    still.get_by_label("Place: a number").fill("0.5")
    still.get_by_label("Place: a number").press("Enter")
    still.get_by_role("button", name="Keep", exact=True).click()
    expect(still.get_by_role("slider", name=WEIGHT)).to_have_attribute("aria-valuenow", "0.5")
    assert measured(still, "move")["at"] == 0.5
    expect(still.locator("#badge button")).to_have_attribute("data-ok", "true")


@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768), (390, 844)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(open_page: Callable[..., Page], width: int, height: int, scheme: str) -> None:
    """axe finds nothing in either section or in the list behind the badge, no letters are smaller than 12 px, nothing is wider than the window."""
    page = open_page(width=width, height=height, reduced_motion="reduce", color_scheme=scheme)
    ready(page)
    stand(page, preset(page, "two_moons"))
    page.locator("#badge button").click()
    for name in ("proof", "move"):
        section(page, name)
        expect(page.locator("#inspector .difference")).to_be_visible()
        page.wait_for_timeout(300)
        assert barriers(page) == []
        sizes = "texts => texts.map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
        assert min(page.locator("#inspector figure svg text, #inspector .along svg text").evaluate_all(sizes)) >= 11.9
        assert page.evaluate("document.documentElement.scrollWidth") <= width

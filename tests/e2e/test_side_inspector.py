"""The inspector against the API: what is drawn is what the server says, known or not, and a value can be changed on the spot."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, link, preset

CUT = "tiles => tiles.filter(tile => tile.scrollWidth > tile.clientWidth + 1).map(tile => tile.textContent)"
LONG = [("2.W[0,1]", {"update": 120, "instruction": 15}), ("0.W[1,3]", {"update": 212, "instruction": 19})]
NUMBER = re.compile(r"^−?[\d.]+(?: · 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?$")
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def number(text: str) -> float:
    """A number as the page writes it, read back."""
    assert NUMBER.match(text.strip()), text
    mantissa, _, power = text.strip().replace("−", "-").partition(" · 10")
    return float(f"{mantissa}e{power.translate(POWERS) or 0}")


def first_session(page: Page) -> str:
    """The address of the session on the page."""
    sessions = page.request.get("/api/sessions").json()["sessions"]
    return f"/api/sessions/{sessions[-1]['id']}"


@pytest.fixture
def followed(page: Page) -> Page:
    """The lab with one wrong example followed back and a weight pinned, at the end of the backward pass."""
    page.get_by_role("button", name="Follow it back").click()
    expect(page.locator("#inspector .rung").first).to_be_visible()
    expect(page.locator("#inspector .rung .unknown").first).to_be_visible()
    return page


def to_the_end(page: Page) -> None:
    """Step until the pinned gradient is computed and checked."""
    page.locator("#status").click()
    for _ in range(40):
        if page.locator("#inspector .check.ok").count():
            return
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(80)
    raise AssertionError(page.locator("#inspector").inner_text())


def test_the_ladder_shows_the_numbers_of_the_api(followed: Page) -> None:
    to_the_end(followed)
    name = followed.locator("#inspector .api-name").inner_text()
    example = followed.locator("#output input").input_value()
    found: dict[str, Any] = followed.request.get(f"{first_session(followed)}/explain", params={"target": f"parameter:{name}", "example": example}).json()
    shown = followed.locator("#inspector .rung")
    expect(shown).to_have_count(len(found["ladder"]))
    for index, rung in enumerate(found["ladder"]):
        total = shown.nth(index).locator(f"[data-ref='{rung['total']['ref']}'] .digits").last.inner_text().replace("\n", "")
        assert number(total) == pytest.approx(rung["total"]["value"], rel=6e-4)
    assert followed.locator("#inspector .inspector-sentence").inner_text() == found["sentence"]
    assert followed.locator("#inspector .check").inner_text().replace("\n", " ").endswith(found["check"]["sentence"])
    if found["examples"]:
        values = [
            float(value or "0") for value in followed.locator("#inspector .bars [data-value]").evaluate_all("marks => marks.map(mark => mark.dataset.value)")
        ]
        assert values == pytest.approx([value for value in found["examples"]["gradients"] if value])


def test_what_is_not_computed_is_a_question_mark(followed: Page) -> None:
    fact = followed.locator("#inspector .fact").nth(1)
    expect(fact).to_contain_text("?")
    expect(followed.locator("#inspector .rung .tile-number.unknown").last).to_contain_text("?")


def test_a_weight_is_changed_on_the_spot(followed: Page) -> None:
    name = followed.locator("#inspector .api-name").inner_text()
    field = followed.get_by_label(f"Value of {name}")
    field.fill("0.25")
    field.press("Enter")
    expect(field).to_have_value("0.2500")
    base, index = name.rstrip("]").split("[")
    value: Any = followed.request.get(f"{first_session(followed)}/parameters").json()["parameters"][base]
    for place in index.split(","):
        value = value[int(place)]
    assert value == 0.25


def test_the_same_number_lights_up_together(followed: Page) -> None:
    to_the_end(followed)
    tile = followed.locator("#inspector .rung [data-ref^='cotangent:']").first
    ref = tile.get_attribute("data-ref")
    tile.hover()
    expect(followed.locator(f"#inspector [data-ref='{ref}'][data-lit]")).to_have_count(followed.locator(f"#inspector [data-ref='{ref}']").count())


def test_a_tile_leads_to_its_neuron_and_a_title_to_its_op(followed: Page) -> None:
    to_the_end(followed)
    followed.locator("#inspector .rung-title").nth(1).click()
    expect(followed.locator("#inspector h2")).to_have_text(re.compile(r"^Op \d+"))
    expect(followed.locator("#inspector .formula math").first).to_be_visible()


@pytest.mark.parametrize("pinned, position", LONG)
@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768)])
def test_a_long_number_beside_a_long_name_is_not_cut(open_page: Any, width: int, height: int, pinned: str, position: dict[str, int]) -> None:
    page = open_page(path="/health")
    spec = preset(page, "two_moons")
    page = open_page(width=width, height=height, reduced_motion="reduce", path=link(spec, paused=True, pinned=f"parameter:{pinned}", position=position))
    expect(page.locator("#inspector .rung-row .digits.long").last).to_be_visible(timeout=READY)
    assert page.locator("#inspector .tile-number").evaluate_all(CUT) == []


@pytest.mark.parametrize("pinned", ["5.W[0,1]", "2.W[13,14]"])
@pytest.mark.parametrize("width, height", [(1440, 900), (1024, 768)])
def test_a_factor_of_two_lines_and_long_indices_are_read_whole(open_page: Any, width: int, height: int, pinned: str) -> None:
    """In a game: the slope of leaky ReLU with both of its cases, the weights and sums of units 10 to 16."""
    page = open_page(path="/health")
    spec = preset(page, "ring_gan")
    page = open_page(width=width, height=height, path=link(spec, paused=True, pinned=f"parameter:{pinned}", position={"update": 2, "instruction": 0}))
    expect(page.locator("#inspector .rung .broad mtable").first).to_be_visible(timeout=READY)
    tall = "tiles => tiles.filter(tile => tile.scrollHeight > tile.clientHeight + 1).map(tile => tile.textContent)"
    assert page.locator("#inspector .tile-number").evaluate_all(CUT) == []
    assert page.locator("#inspector .tile-number:is(.stack, .broad)").evaluate_all(tall) == []


def test_no_number_is_cut(open_page: Any) -> None:
    page = open_page(width=1024, height=768)
    page.get_by_role("button", name="Follow it back").click()
    expect(page.locator("#inspector .rung").first).to_be_visible()
    to_the_end(page)
    assert page.locator("#inspector .tile-number").evaluate_all(CUT) == []

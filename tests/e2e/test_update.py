"""An update in the browser: a weight's lines, every optimiser beside it, what the step promised and delivered, and its curve."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import ask, barriers, link, preset, session, step

Open = Callable[..., Page]
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def number(text: str) -> float:
    """A number as the page writes it, read back."""
    return float(text.strip().replace("−", "-").replace(" · 10", "e").translate(POWERS))


def opened(open_page: Open, optimizer: dict[str, Any], target: str, updates: int, **window: Any) -> Page:
    """The two moons with an optimiser, something pinned, and some updates made."""
    page = open_page()
    spec = {**preset(page, "two_moons"), "optimizer": optimizer}
    page.context.close()
    page = open_page(path=link(spec, pinned={"target": target}, paused=True, unit="op"), **window)
    expect(page.locator(".cell").first).to_be_visible(timeout=20_000)
    advance(page, "batch", updates)
    return page


def advance(page: Page, unit: str, count: int) -> None:
    """Step by the API, and wait until the page has heard of it."""
    body = f"{{method: 'POST', headers: {{'Content-Type': 'application/json'}}, body: JSON.stringify({{unit: '{unit}', count: {count}}})}}"
    found = page.evaluate(f"path => fetch(path, {body}).then(answer => answer.json())", f"{session(page)}/step")
    expect(page.locator("#status")).to_contain_text(found["sentence"].split(" · ")[0].rstrip("."))


def choose(page: Page) -> None:
    page.get_by_role("group", name="What to ask of this weight").get_by_role("button", name="update").click()
    expect(page.locator("#inspector .worked .rung").first).to_be_visible()


def test_the_lines_are_those_of_the_api(open_page: Open) -> None:
    """Each line's value is the API's number, its formulas are MathML, and the step is what the weight has moved by."""
    page = opened(open_page, {"kind": "adam", "learning_rate": 0.02}, "parameter:2.W[2,3]", 30)
    choose(page)
    told = ask(page, f"{session(page)}/explain/update?target=parameter:2.W[2,3]")
    rungs = page.locator("#inspector .worked .rung")
    expect(rungs).to_have_count(len(told["lines"]))
    expect(rungs.locator("math")).to_have_count(2 * len(told["lines"]))
    for index, line in enumerate(told["lines"]):
        assert number(rungs.nth(index).locator(".worked-value").inner_text()) == pytest.approx(line["value"], rel=6e-4)
        expect(rungs.nth(index)).to_contain_text(line["says"])
    expect(page.locator("#inspector .section-sentence")).to_have_text(told["sentence"])
    assert number(page.locator("#inspector .worked-step .digits").inner_text().replace("\n", "")) == pytest.approx(told["step"], rel=6e-4)


def test_the_lines_follow_the_program(open_page: Open) -> None:
    """Unknown before the gradient is there, foretold after it, and in the update the line that has just run is the current one."""
    page = opened(open_page, {"kind": "momentum", "learning_rate": 0.05}, "parameter:2.W[2,3]", 3)
    choose(page)
    advance(page, "pass", 2)
    values = page.locator("#inspector .worked-value")
    expect(values.first).to_have_text("?")
    expect(page.locator("#inspector .section-sentence")).to_contain_text("as soon as its gradient is")
    advance(page, "pass", 1)
    expect(values.first).not_to_have_text("?")
    expect(page.locator("#inspector .section-sentence")).to_contain_text("will move it by")
    foretold = values.all_inner_texts()
    step(page, "op")
    expect(page.locator("#inspector .worked .rung.current")).to_contain_text("velocity")
    step(page, "op")
    expect(page.locator("#inspector .section-sentence")).to_contain_text("has moved it by")
    assert values.all_inner_texts() == foretold


def test_every_optimiser_stands_in_the_comparison(open_page: Open) -> None:
    """Two charts and a table with one row for each optimiser, the run's own marked, the numbers those of the API."""
    page = opened(open_page, {"kind": "rmsprop", "learning_rate": 0.01}, "parameter:2.W[2,3]", 20)
    choose(page)
    told = ask(page, f"{session(page)}/explain/update?target=parameter:2.W[2,3]")["rivals"]
    rows = page.locator("#inspector .rivals-table tbody tr")
    expect(rows).to_have_count(len(told["rows"]))
    for index, row in enumerate(told["rows"]):
        cells = rows.nth(index).locator("td").all_inner_texts()
        assert [number(cell) for cell in cells] == pytest.approx([row["step"], row["path"][-1], row["repeated"][-1]], rel=6e-3)
    expect(page.locator("#inspector .rivals-table .own th")).to_have_text("RMSProp")
    expect(page.locator("#inspector .fan svg")).to_have_count(2)
    expect(page.locator("#inspector .fan").first.locator("text.run")).to_have_text("this run")
    expect(page.locator("#inspector .rivals")).to_contain_text("last 20 gradients")


def test_each_update_says_what_it_promised_and_delivered(open_page: Open) -> None:
    """The line in the run card has the API's numbers and its verdict, and asks them anew when the program moves."""
    page = opened(open_page, {"kind": "sgd", "learning_rate": 0.5}, "parameter:2.W[2,3]", 5)
    line = page.locator("#run .delivery")
    for _ in range(2):
        found = ask(page, f"{session(page)}/delivery")
        numbers = line.locator(".delivery-number")
        expect(line.locator(".delivery-verdict")).to_have_text(found["verdict"])
        expect(line).to_have_attribute("title", found["sentence"])
        assert [number(each.lstrip("+")) for each in numbers.all_inner_texts()] == pytest.approx([found["promised"], found["delivered"]], rel=6e-3)
        advance(page, "batch", 1)
        expect(line).not_to_have_attribute("title", found["sentence"])
    advance(page, "op", 3)
    expect(line.locator(".delivery-number").first).to_have_text("?")


def test_the_line_opens_the_curve_and_an_overshoot_is_said_in_words(open_page: Open) -> None:
    page = opened(open_page, {"kind": "sgd", "learning_rate": 20}, "parameter:2.W[2,3]", 1)
    line = page.locator("#run .delivery")
    expect(line.locator(".delivery-verdict")).to_have_text("overshoot")
    line.click()
    inspector = page.locator("#inspector")
    expect(inspector.get_by_role("heading", name="The last step")).to_be_visible()
    expect(inspector.locator(".inspector-sentence")).to_contain_text("Overshoot: the loss rose")
    chart = inspector.locator(".descent svg")
    expect(chart).to_have_attribute("aria-label", re.compile("Overshoot"))
    expect(chart.locator(".curve")).to_have_count(1)
    expect(chart.locator(".tangent")).to_have_count(1)
    expect(chart.locator(".point")).to_have_count(1)
    found = ask(page, f"{session(page)}/explain?target=step")
    shown = inspector.locator(".difference dd").all_inner_texts()
    assert [number(each) for each in shown[:4]] == pytest.approx([found[name] for name in ("before", "after", "promised", "delivered")], rel=6e-5)
    expect(line).to_have_attribute("aria-pressed", "true")


def test_the_update_cell_opens_the_step(page: Page) -> None:
    """With nothing pinned a click on the cell runs the update and lays its step open, with its lines; a line leads to its op."""
    page.get_by_role("button", name="Pause", exact=True).click(timeout=20_000)
    page.locator("#loop button[data-row=both]").last.click()
    inspector = page.locator("#inspector")
    expect(inspector.get_by_role("heading", name="The last step")).to_be_visible()
    expect(inspector.locator(".descent svg")).to_be_visible()
    inspector.locator(".step-lines .rung-title").last.click()
    expect(inspector.get_by_role("heading", name=re.compile(r"^Op \d+"))).to_be_visible()


def test_a_step_is_foretold_in_the_midst_of_its_update(open_page: Open) -> None:
    page = opened(open_page, {"kind": "adam", "learning_rate": 0.02}, "step", 4)
    advance(page, "pass", 3)
    inspector = page.locator("#inspector")
    expect(inspector.get_by_role("heading", name="This update's step")).to_be_visible()
    expect(inspector.locator(".inspector-sentence")).to_contain_text("will deliver")
    expect(inspector.locator(".descent .point.hollow")).to_have_count(1)
    expect(page.locator("#run .delivery-number").first).not_to_have_text("?")
    expect(page.locator("#run .delivery-number").last).to_have_text("?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_nothing_is_in_anybodys_way(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing in the section and in the step, the page is no wider than the window, and no value is cut off."""
    page = opened(open_page, {"kind": "adamw", "learning_rate": 0.02}, "parameter:2.W[2,3]", 30, width=width, height=height, color_scheme=scheme)
    choose(page)
    for _ in range(2):
        assert barriers(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        cut = "parts => parts.filter(part => part.scrollWidth > part.clientWidth + 1).map(part => part.textContent)"
        assert page.locator(".delivery-number, .delivery-verdict, .worked-line, .rivals-scroll").evaluate_all(cut) == []
        page.locator("#run .delivery").click()
        expect(page.locator("#inspector .descent")).to_be_visible()

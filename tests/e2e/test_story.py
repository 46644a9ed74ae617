"""The lab in a real browser: the first minute, stepping both ways, what is drawn and what the API says, the link, the phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import barriers

Open = Callable[..., Page]


def api(page: Page, path: str, method: str = "GET", body: Any = None) -> Any:
    """Ask the server as the page's own visitor."""
    script = """async ([path, method, body]) => {
        const answer = await fetch(path, {method, headers: {"Content-Type": "application/json"}, body: body && JSON.stringify(body)});
        return answer.json();
    }"""
    return page.evaluate(script, [path, method, body])


def session(page: Page) -> str:
    """The address of the session on the screen."""
    sessions = api(page, "/api/sessions")["sessions"]
    return f"/api/sessions/{sessions[-1]['id']}"


def follow(page: Page) -> None:
    """The first minute: follow one mistake back."""
    page.get_by_role("button", name="Follow it back").click(timeout=20_000)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("#inspector")).to_contain_text("Weight")


def test_it_opens_training_and_follows_a_mistake_home(page: Page) -> None:
    """It trains by itself; one button stops it at a wrong example's loss with a weight pinned; stepping back fills its ladder."""
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=15_000)
    follow(page)
    expect(page.locator("#status")).to_contain_text("the loss is known")
    expect(page.locator("#inspector")).to_contain_text("not computed yet")
    inspector = page.locator("#inspector")
    for _ in range(40):
        if "Raise this weight by 0.01" in inspector.inner_text():
            break
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(250)
    expect(inspector).to_contain_text("Raise this weight by 0.01", timeout=10_000)
    expect(page.locator("#inspector")).to_contain_text("by two forward passes")


def test_stepping_goes_both_ways(page: Page) -> None:
    follow(page)
    before = page.locator("#status").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).not_to_have_text(before)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#status")).to_have_text(before)


def test_the_table_holds_the_numbers_of_the_api(page: Page) -> None:
    """Every cell is the API's number, to the digits shown."""
    follow(page)
    page.get_by_role("button", name="batch", exact=True).click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#status")).to_contain_text("done")
    page.get_by_role("button", name="Table", exact=True).click()
    at = session(page)
    numbers = api(page, f"{at}/gradients")
    expect(page.locator("#table caption")).to_contain_text(f"update {numbers['position']['update']}", timeout=10_000)
    rows = page.locator("#table tbody tr").evaluate_all("rows => rows.map(row => [...row.children].map(cell => cell.textContent))")
    flat = {}
    for name, values in numbers["gradients"].items():
        for i, row in enumerate(values):
            flat |= {f"{name}[{i},{j}]": value for j, value in enumerate(row)} if isinstance(row, list) else {f"{name}[{i}]": row}
    assert len(rows) == len(flat) == 37
    for name, _, shown, _ in rows:
        plain = shown.replace("−", "-").replace(" · 10", "e").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
        assert float(plain) == pytest.approx(flat[name], rel=6e-4), name


def test_a_script_drives_the_screen(page: Page) -> None:
    """What another caller does with the token is followed by the page."""
    follow(page)
    at = session(page)
    position = api(page, f"{at}/step", "POST", {"unit": "batch", "count": 3})["position"]
    expect(page.locator("#status")).to_contain_text(f"{position['update']}")
    page.get_by_role("button", name="Code", exact=True).click()
    expect(page.locator("#code")).to_contain_text(at)


def test_the_learning_rate_changes_without_a_new_network(page: Page) -> None:
    follow(page)
    at = session(page)
    field = page.locator("#setup").get_by_role("spinbutton", name="rate").or_(page.locator("#setup").get_by_role("textbox", name="rate")).first
    field.fill("0.03")
    field.press("Enter")
    page.wait_for_timeout(600)
    assert api(page, at)["spec"]["optimizer"]["learning_rate"] == 0.03


def test_a_preset_replaces_the_network(page: Page) -> None:
    page.locator("#presets button, #presets summary").first.click()
    page.get_by_role("button", name="XOR").first.click()
    expect(page.locator("#title")).to_contain_text("XOR", timeout=10_000)


def test_the_link_opens_the_same_moment(open_page: Open) -> None:
    """The same network at the same operation with the same numbers, to the last bit."""
    first = open_page()
    follow(first)
    for _ in range(3):
        before = first.locator("#status").inner_text()
        first.keyboard.press("ArrowRight")
        expect(first.locator("#status")).not_to_have_text(before)
    first.get_by_role("button", name="Copy link").click()
    first.wait_for_function("() => location.hash.startsWith('#lab=')")
    second = open_page(path="/" + first.evaluate("() => location.hash"))
    expect(second.locator("#inspector")).to_contain_text("Weight", timeout=15_000)
    expect(second.locator("#status")).to_have_text(first.locator("#status").inner_text(), timeout=15_000)
    for what in ("", "/gradients", "/parameters"):
        one, other = (api(page, session(page) + what) for page in (first, second))
        assert {**one, "id": 0, "links": 0, "state": 0, "token": 0} == {**other, "id": 0, "links": 0, "state": 0, "token": 0}


def test_the_charts_come_when_they_are_asked_for(page: Page) -> None:
    page.get_by_role("button", name="Charts").click()
    expect(page.locator(".chart svg.main-svg").first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_nothing_is_in_anybodys_way(open_page: Open, width: int, height: int, scheme: str) -> None:
    """axe finds nothing, and the page is never wider than the window."""
    page = open_page(width=width, height=height, color_scheme=scheme)
    follow(page)
    assert barriers(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_reduced_motion_opens_paused(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled(timeout=15_000)
    assert api(page, session(page))["state"]["running"] is False


def test_a_cell_of_the_program_is_gone_to_and_laid_open(page: Page) -> None:
    """With nothing pinned, a click on a cell runs the program to that op and explains it."""
    page.get_by_role("button", name="Pause").click(timeout=15_000)
    page.locator("#loop button", has_text="tanh").first.click()
    expect(page.locator("#inspector")).to_contain_text("Op ", timeout=10_000)
    expect(page.locator("#status")).to_contain_text("tanh")

"""A formula of one's own on the page: its graph stepped operation by operation, typed anew with live words, and what has no slope."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.presets import presets
from tests.e2e.stage import READY, ask, link, ready, session, step
from tests.e2e.test_noise import faults_in
from tests.e2e.test_side_inspector import number

Open = Callable[..., Page]


@pytest.fixture
def page_with_formula(open_page: Open) -> Page:
    spec = next(each["spec"] for each in presets() if each["name"] == "formula")
    page = open_page(path=link(spec, paused=True), reduced_motion="reduce")
    ready(page)
    expect(page.locator(".formula-box").first).to_be_visible(timeout=READY)
    return page


def test_the_graph_shows_the_engines_numbers_as_they_become_known(page_with_formula: Page) -> None:
    """Nothing is known at first; a step makes one value known; after a whole update each box and its gradient are those of the API."""
    page = page_with_formula
    assert page.locator(".formula-box[data-kind=value][data-known=yes]").count() == 0
    step(page, "op", 3)
    expect(page.locator(".formula-box[data-kind=value][data-known=yes]")).to_have_count(1)
    step(page, "batch", 1)
    expect(page.locator(".wire.unknown")).to_have_count(0)
    example = ask(page, f"{session(page)}")["state"]["batch"][0]
    for box in page.locator(".formula-box[data-kind=value]").all():
        found = ask(page, f"{session(page)}/values/{box.get_attribute('data-node')}?example={example}")
        assert number(box.locator(".formula-value").inner_text()) == pytest.approx(found["value"][0], abs=6e-3)
        assert number(box.locator(".formula-slope").inner_text().removeprefix("+")) == pytest.approx(found["cotangent"][0], rel=0.06, abs=1e-9)
    page.locator(".formula-box[data-kind=parameter]").first.click()
    expect(page.locator("#inspector h2").first).to_contain_text("Parameter", timeout=READY)
    assert faults_in(page, "#network") == "[]"


def test_the_paths_of_a_parameter_that_is_read_twice_add_up(page_with_formula: Page) -> None:
    """One path through the product, one past it: each a row with its product, and their sum is the gradient."""
    page = page_with_formula
    page.locator("#field-task-formula").fill("p = tanh(w * x) + w\nloss = mean((p - y)**2)")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".formula-box[data-kind=parameter]")).to_have_count(1, timeout=READY)
    step(page, "batch", 1)
    page.locator(".formula-box[data-kind=parameter]").click()
    page.get_by_role("group", name="What to ask of this weight").get_by_text("paths", exact=True).click()
    example = page.get_by_label("Followed example, by number").input_value()
    found = ask(page, f"{session(page)}/explain/paths?target=parameter:{page.locator('#inspector .api-name').inner_text()}&example={example}")
    expect(page.locator("#inspector .path")).to_have_count(2, timeout=READY)
    assert len(found["rows"]) == 2 and sum(row["product"] for row in found["rows"]) == pytest.approx(found["gradient"], rel=1e-12)


def test_a_formula_is_typed_with_live_words_and_stops_where_it_is_flat(page_with_formula: Page) -> None:
    page = page_with_formula
    field = page.locator("#field-task-formula")
    field.fill("loss = mean((foo(w * x) - y)**2)")
    expect(page.locator(".formula-field .form-error")).to_contain_text("character 14: there is no function foo", timeout=READY)
    field.fill("p = step(w * x + b)\nloss = mean((a * p - y)**2)")
    expect(page.locator(".formula-field .form-note")).to_contain_text("learns w, b, a", timeout=READY)
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#setup")).to_contain_text("w, b cannot learn", timeout=READY)
    step(page, "batch", 1)
    expect(page.locator(".wire.zero").first).to_be_attached()
    page.get_by_label("straight through").check()
    expect(page.locator("#setup")).to_contain_text("That is no derivative", timeout=READY)

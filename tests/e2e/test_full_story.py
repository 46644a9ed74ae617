"""The whole story on one page: a mistake followed home, a weight questioned and proved, a step, a step too far, back again, and another way from there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage import READY, ask, ready, session, step
from tests.e2e.test_time_branches import said_losses
from tests.e2e.test_update import number

Open = Callable[..., Page]
FAR = 60.0
"""A learning rate with which a step overshoots."""


def test_a_mistake_is_followed_home_proved_mended_overdone_and_begun_anew(open_page: Open) -> None:
    """Every word and number on the way is held against the server's."""
    page = open_page(reduced_motion="reduce")
    ready(page)
    step(page, "batch", 4)
    at = session(page)
    name, example = follow(page, at)
    question(page, at, name, example)
    prove(page, at, name, example)
    mend(page, at, name)
    before = overdo(page, at)
    undo(page, at, before)
    begin_anew(page, at)


def follow(page: Page, at: str) -> tuple[str, int]:
    """The worst mistake, from its loss back to the weight that has most to do with it, op by op."""
    worst = ask(page, f"{at}/predictions")["worst"]
    expect(page.locator("#inspector")).to_contain_text(f"Example {worst} is", timeout=READY)  # the page knows the predictions of this place
    page.get_by_role("button", name="Follow it back").click(timeout=READY)
    expect(page.locator("#status")).to_contain_text("the loss is known", timeout=READY)
    inspector = page.locator("#inspector")
    expect(inspector.locator(".api-name")).not_to_be_empty(timeout=READY)
    expect(inspector).to_contain_text("not computed yet")
    name = inspector.locator(".api-name").inner_text()
    example = int(page.get_by_label("Followed example, by number").input_value())
    told = ask(page, f"{at}/predictions")
    assert example == told["worst"] and told["correct"][example] is False
    gradient_at = next(each["gradient_at"] for each in ask(page, f"{at}/graph")["parameters"] if each["name"] == name.partition("[")[0])
    while ask(page, at)["position"]["instruction"] <= gradient_at:
        step(page, "op", 1)
    return name, example


def question(page: Page, at: str, name: str, example: int) -> None:
    """What the weight has to do with it: a ladder from the loss home, whose last product is the example's own gradient."""
    told = ask(page, f"{at}/explain?target=parameter:{name}&example={example}")
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("Raise this weight by 0.01", timeout=READY)
    expect(inspector.locator(".rung")).to_have_count(len(told["ladder"]), timeout=READY)
    last = sum(row["arriving"]["value"] * row["local"]["value"] for row in told["ladder"][-1]["rows"])
    assert last == pytest.approx(told["gradient"], rel=1e-12)
    assert told["gradient"] == pytest.approx(of(ask(page, f"{at}/gradients?example={example}")["gradients"], name), rel=1e-12)


def prove(page: Page, at: str, name: str, example: int) -> None:
    """Two forward passes, which know nothing of the way back, find the same number."""
    page.locator("#inspector .sections").get_by_role("button", name="proof", exact=True).click()
    told = ask(page, f"{at}/explain/proof?target=parameter:{name}&example={example}")
    expect(page.locator("#inspector .check.ok")).to_contain_text(re.compile(r"Agrees to \d+ digits"), timeout=READY)
    shown = {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in page.locator("#inspector .difference > div").all()}
    assert number(shown["backpropagation"]) == pytest.approx(told["gradient"], rel=1e-8)
    assert told["sweep"][told["best"]]["slope"] == pytest.approx(told["gradient"], rel=1e-6)


def mend(page: Page, at: str, name: str) -> None:
    """The update is made: the weight has gone against the batch's gradient by the rate times it, and the loss of the batch has fallen as promised."""
    weight, rate = of(ask(page, f"{at}/parameters")["parameters"], name), ask(page, at)["spec"]["optimizer"]["learning_rate"]
    step(page, "batch", 1)
    expect(page.locator("#status")).to_contain_text("5 updates done", timeout=READY)
    gradient = of(ask(page, f"{at}/gradients")["gradients"], name)
    assert of(ask(page, f"{at}/parameters")["parameters"], name) == pytest.approx(weight - rate * gradient, rel=1e-12)
    told = delivered(page, at)
    assert told["delivered"] < 0 and told["verdict"] in ("good", "too small")
    expect(page.locator("#badge")).to_contain_text("37 of 37 gradients checked", timeout=READY)


def overdo(page: Page, at: str) -> Any:
    """A learning rate that is far too large: the step promises much, and the loss rises. Answers the weights from before it."""
    before = ask(page, f"{at}/parameters")["parameters"]
    field = page.locator("#setup").get_by_role("textbox", name="rate").or_(page.locator("#setup").get_by_role("spinbutton", name="rate")).first
    field.fill(f"{FAR:g}")
    field.press("Enter")
    expect(page.locator("#notices")).to_be_attached()
    page.wait_for_function("([at, rate]) => fetch(at).then(answer => answer.json()).then(({spec}) => spec.optimizer.learning_rate === rate)", arg=[at, FAR])
    page.locator("#status").click()
    step(page, "batch", 1)
    told = delivered(page, at)
    assert told["verdict"] == "overshoot" and told["promised"] < 0 < told["delivered"]
    return before


def undo(page: Page, at: str, before: Any) -> None:
    """One step back, and every weight is what it was, to the last bit."""
    assert ask(page, f"{at}/parameters")["parameters"] != before
    step(page, "batch", -1)
    expect(page.locator("#status")).to_contain_text("5 updates done", timeout=READY)
    assert ask(page, f"{at}/parameters")["parameters"] == before


def begin_anew(page: Page, at: str) -> None:
    """From there with Adam: what had followed is kept as a branch, and both stand side by side with their losses and in words."""
    page.locator("#field-optimizer").select_option("adam")
    expect(page.locator("#notices")).to_contain_text("what had followed is kept as branch 1, up to update 6", timeout=READY)
    step(page, "batch", 2)
    page.get_by_role("button", name="Branches", exact=True).click()
    rows = page.locator(".branch-table tbody tr")
    expect(rows).to_have_count(2, timeout=READY)
    expect(rows.nth(0)).to_contain_text("SGD instead of Adam")
    expect(rows.nth(1)).to_contain_text("update 7")
    expect(page.locator(".compare-losses canvas")).to_have_attribute("aria-label", said_losses(page, at), timeout=READY)
    expect(page.locator(".compare-side figcaption").nth(0)).to_contain_text("branch 2, after")
    expect(page.locator(".compare-side figcaption").nth(1)).to_contain_text("branch 1, after")


def delivered(page: Page, at: str) -> Any:
    """What the last step promised and delivered, as the server says it and the line in the run card shows it."""
    found = ask(page, f"{at}/delivery")
    line: Locator = page.locator("#run .delivery")
    expect(line).to_have_attribute("title", found["sentence"], timeout=READY)
    expect(line.locator(".delivery-verdict")).to_have_text(found["verdict"])
    shown = [number(each.lstrip("+")) for each in line.locator(".delivery-number").all_inner_texts()]
    assert shown == pytest.approx([found["promised"], found["delivered"]], rel=6e-3)
    return found


def of(arrays: Any, name: str) -> float:
    """One number of named arrays, such as 2.W[2,3]."""
    short, _, index = name.rstrip("]").partition("[")
    found = arrays[short]
    for place in map(int, index.split(",")):
        found = found[place]
    return float(found)

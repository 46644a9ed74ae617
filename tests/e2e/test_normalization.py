"""A normalisation laid open on the page: its statistics, its values and the parts of each gradient are the API's, and axe finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.presets import presets
from tests.e2e.stage import READY, ask, link, ready, session, step
from tests.e2e.test_latent import plain
from tests.e2e.test_noise import faults_in

Open = Callable[..., Page]
PARTS = ("direct", "mean", "variance", "total")


def spec_with(kind: str) -> dict[str, Any]:
    """Two moons with a normalisation behind the first layer."""
    spec: dict[str, Any] = next(each["spec"] for each in presets() if each["name"] == "two_moons")
    return {**spec, "batch_size": 8, "layers": [spec["layers"][0], {"kind": kind}, *spec["layers"][1:]]}


def test_the_statistics_and_the_parts_are_the_apis(open_page: Open) -> None:
    page = open_page(path=link(spec_with("batch_norm"), paused=True, scope="example", pinned="op:1"), reduced_motion="reduce")
    ready(page)
    step(page, "batch", 1)
    page.get_by_role("button", name="Look inside the normalisation").click()
    page.locator(".inside-choices input").fill("3")
    expect(page.get_by_role("button", name="normalisation", exact=True)).to_have_attribute("aria-pressed", "true")
    rows = page.locator(".normalization-numbers tbody tr")
    expect(rows).to_have_count(8, timeout=READY)
    found = ask(page, f"{session(page)}/normalization?unit=2")
    expect(page.locator(".normalization-facts dd").first).to_have_text(f"{found['mean']:#.4g}".replace("-", "−"), timeout=READY)
    assert page.locator(".inside-sentence").inner_text() == found["sentence"]
    shown = [[plain(text) for text in row.locator(".attention-number").all_inner_texts()] for row in rows.all()]
    assert shown == [pytest.approx([one[part] for part in PARTS], rel=6e-4, abs=1e-12) for one in found["members"]]
    assert rows.nth([one["own"] for one in found["members"]].index(True)).get_attribute("class") == "yours"
    for part in PARTS:
        most = max(abs(one[part]) for one in found["members"])
        drawn = page.locator(f"[data-part={part}] .bar").evaluate_all("all => all.map(one => Number(one.getAttribute('d').split('v')[1]))")
        assert drawn == pytest.approx([-46 * one[part] / most for one in found["members"] if one[part]], rel=1e-3)
    assert page.locator("[data-part=direct] circle.zero").count() == 7
    assert faults_in(page, "#inside") == "[]"


def test_units_of_an_example_fit_a_phone(open_page: Open) -> None:
    page = open_page(path=link(spec_with("layer_norm"), paused=True, scope="example", focus=3), reduced_motion="reduce", width=390, height=844)
    ready(page)
    page.locator("#more").click()
    page.get_by_role("button", name="Inside", exact=True).click()
    page.get_by_role("button", name="normalisation", exact=True).click()
    expect(page.locator("#inside")).to_contain_text("Nothing is computed here yet.", timeout=READY)
    step(page, "batch", 1)
    expect(page.locator(".normalization-numbers tbody tr")).to_have_count(4, timeout=READY)
    expect(page.locator(".inside-choices")).to_contain_text("example 3")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

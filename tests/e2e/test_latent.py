"""The panel of a latent space: the draw's sums, the map and the decoder are the API's, by mouse and by keyboard, and axe finds nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.presets import presets
from tests.e2e.stage import READY, ask, link, ready, session, step
from tests.e2e.test_noise import faults_in

Open = Callable[..., Page]
PAINTED = (
    """() => [...document.querySelector('canvas[data-sheet="latent z"]').getContext("2d").getImageData(0, 0, 8, 8).data].filter((_, at) => at % 4 === 3)"""
)
"""How much of the field's colour each pixel of the decoder's picture has."""


def opened(open_page: Open, *, through: bool = True, **how: Any) -> Page:
    """The variational preset at the end of its first update, with its panel open."""
    spec = next(each["spec"] for each in presets() if each["name"] == "digits_vae")
    spec["layers"][2]["through"] = through
    page = open_page(path=link(spec, paused=True, scope="example", focus=7), reduced_motion="reduce", **how)
    ready(page)
    step(page, "batch", 1)
    if page.locator("#more").is_visible():
        page.locator("#more").click()
    page.get_by_role("button", name="Latent", exact=True).click()
    expect(page.locator(".latent-map")).to_be_visible(timeout=READY)
    return page


def plain(text: str) -> float:
    """A number as the page writes it."""
    number, _, power = text.replace("−", "-").partition(" · 10")
    return float(number) * 10 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def test_the_draw_the_map_and_the_decoder_are_the_apis(open_page: Open) -> None:
    page = opened(open_page)
    at = f"{session(page)}/latent"
    page.locator(".attention-choice", has_text="draw of number").locator("select").select_option(index=1)
    expect(page.locator("#latent-draw")).to_have_text("The draw of number 2")
    expect(page.locator(".latent-parts tbody tr").first.locator("td").last).not_to_have_text("?", timeout=READY)
    found, seen = ask(page, f"{at}?example=7"), ask(page, f"{at}/map?example=7")
    for name in ("mean", "spread", "noise", "z"):
        assert plain(page.locator(f"[data-box={name}] .number").inner_html()) == pytest.approx(found["numbers"][name][1], rel=6e-4)
    for of, parts in found["gradients"].items():
        shown = page.locator(f".latent-parts [data-of={of}] .attention-number").all_inner_texts()
        assert [plain(text) for text in shown] == pytest.approx([parts[name][1] for name in ("through", "divergence", "total")], rel=6e-4)
    assert page.locator("[data-box=noise]").inner_html().count("no gradient") == 1
    assert page.locator(".latent-line.known").count() == 7 and page.locator("[data-line='noise z'].closed").count() == 1
    size, inner = 352, 308
    (low, high), (bottom, top) = seen["ranges"]
    ring = page.locator(".latent-map .ring")
    assert float(ring.get_attribute("cx") or 0) == pytest.approx(22 + inner * (seen["followed"]["mean"][0] - low) / (high - low))
    assert float(ring.get_attribute("cy") or 0) == pytest.approx(size - 22 - inner * (seen["followed"]["mean"][1] - bottom) / (top - bottom))
    assert float(page.locator(".latent-map .spread").get_attribute("rx") or 0) == pytest.approx(inner * seen["followed"]["spread"][0] / (high - low))
    marks = page.locator(".latent-map text.point").evaluate_all("all => all.map(one => one.firstChild.textContent)")
    assert marks == seen["labels"] and page.locator(".latent-map .point.shown").count() == seen["labels"].count(seen["followed"]["label"])
    assert faults_in(page, "#latent") == "[]"
    slider = page.get_by_role("slider", name="z, number 1")
    slider.focus()
    with page.expect_response(lambda answer: "/latent/decoded?" in answer.url and "z=" in answer.url) as asked:
        page.keyboard.press("ArrowRight")
    z = [float(each) for each in asked.value.url.split("z=")[1].replace("%2C", ",").split(",")]
    assert z[0] == pytest.approx(float(slider.input_value()), abs=1e-4) and z[1] == pytest.approx(seen["followed"]["mean"][1], abs=1e-4)
    expect(page.locator(".latent-map .chosen")).to_be_visible()
    given = asked.value.json()
    expect(page.locator("figcaption", has_text="from your z")).to_be_visible()
    expect(page.get_by_role("img", name=f"What the decoder makes of z = {f'{z[0]:#.3g}'.replace('-', '−')}")).to_be_visible()
    assert page.evaluate(PAINTED) == pytest.approx([255 * 0.92 * min(1, max(0, value)) for value in given["decoded"]], abs=0.51)
    with page.expect_response(lambda answer: "/latent/decoded?" in answer.url and "z=" in answer.url):
        page.locator(".latent-map").click(position={"x": 22 + inner / 2, "y": 22 + inner / 2})
    expect(page.locator(".latent-slider output").first).to_have_text("0")
    page.get_by_role("button", name="Back to the mean").click()
    expect(page.locator(".latent-map .chosen")).to_have_count(0)


def test_a_blocked_draw_says_so_and_fits_a_phone(open_page: Open) -> None:
    page = opened(open_page, through=False, width=390, height=844)
    expect(page.locator(".latent-why.blocked")).to_contain_text("The gradient stops at z")
    expect(page.locator(".latent-stop")).to_contain_text("stops here")
    assert page.locator(".latent-line.closed").count() == 3
    assert page.locator(".latent-parts [data-of=mean] td").first.inner_text().split() == ["0", "stopped"]
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_there_is_no_such_panel_where_nothing_is_drawn(open_page: Open) -> None:
    page = open_page(reduced_motion="reduce")
    ready(page)
    expect(page.get_by_role("button", name="Cost", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Latent", exact=True)).to_have_count(0)

"""A GAN on the page: both players' turns in the loop, both losses, what is generated, and the generator's gradient through the discriminator."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine.presets import presets
from tests.e2e.stage import READY, ask, link, ready, session, step
from tests.e2e.test_noise import faults_in

Open = Callable[..., Page]


def test_the_game_is_shown_and_stepped(open_page: Open) -> None:
    spec = next(each["spec"] for each in presets() if each["name"] == "ring_gan")
    page = open_page(path=link(spec, paused=True, pinned="parameter:5.W[0,0]"), reduced_motion="reduce")
    ready(page)
    assert page.locator(".cell[data-row=forward]").count() == page.locator(".cell[data-row=backward]").count() == 4
    step(page, "pass", 3)
    expect(page.locator("#status")).to_contain_text("discriminator, backward")
    expect(page.locator(".cell[data-state=now]")).to_have_attribute("aria-label", "discriminator, backward: the program stands here")
    step(page, "batch", 1)
    expect(page.locator("#accuracy")).to_contain_text("of 8 modes", timeout=READY)
    losses = ask(page, session(page))["state"]["losses"]
    expect(page.locator(".loss-words")).to_contain_text(f"generator {losses['generator']:.3g}", timeout=READY)
    expect(page.locator("#output")).to_contain_text("generated")
    expect(page.locator("#inspector .rung").filter(has_text="discriminator").first).to_be_visible(timeout=READY)
    expect(page.locator("#inspector .rung").filter(has_text="generator").first).to_be_visible()
    assert faults_in(page, "#stage") == "[]"

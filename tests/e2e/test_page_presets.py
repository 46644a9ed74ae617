"""The ready-made networks: each opens from the list, is seen to learn, is checked, and is stepped on and back; at the desk and on the phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from engine.presets import presets
from tests.e2e.stage import READY, ask, link, ready, session, step

Open = Callable[..., Page]
TITLES = {preset["name"]: preset["title"] for preset in presets()}
TABLE, IMAGES, PAIRS = "table.confusion", ".images li", ".images.pairs li"
PICTURES = {
    **dict.fromkeys(("iris", "wine", "reversal", "copy_lstm", "copy_gru", "copy_rnn"), TABLE),
    **dict.fromkeys(("digits", "digits_cnn", "digit_rows"), IMAGES),
    **dict.fromkeys(("autoencoder", "digits_vae"), PAIRS),
    "text": ".text-lines dd",
}
EACH = ("digits_cnn", "copy_lstm", "reversal", "ring_gan", "formula", "digits_vae", "thirty_sigmoids", "text", "wine")
"""One of each kind of network and of picture; the others are walked through at length."""
STILL = {"vanishing": 0.68, "thirty_sigmoids": 0.68}
"""Those that do not learn on purpose: the training loss that they do not get below; guessing has one of 0.69."""
LEARNT = 0.9
"""What the loss of all others is at most, of what it was."""
RATE, SEEN = 50, re.compile(r"After ([6-9]\d|[\d,]{3,}) updates the training loss is (\S+), from (\S+) at the start\.")


def number(text: str) -> float:
    """A number as the page writes it."""
    return float(text.replace("−", "-"))


def chosen(open_page: Open, name: str, width: int, height: int, rate: int | None) -> Page:
    """A page on which a preset was chosen from the list while the first network trained, and trains on in its place."""
    page = open_page(width=width, height=height, path=link({}, rate=rate))
    ready(page)
    if width < 1280:
        page.get_by_role("button", name="change", exact=True).click()
    page.get_by_role("button", name="Presets").click()
    page.locator(".preset", has=page.get_by_text(TITLES[name], exact=True)).click()
    expect(page.locator("#presets-list")).to_be_hidden()
    expect(page.locator("#title")).to_contain_text(f"{TITLES[name]}, ", timeout=READY)
    expect(page.locator("#status")).to_contain_text(re.compile(r"Update ([3-9]|\d\d+) · training"), timeout=READY)
    spec = ask(page, session(page))["spec"]
    assert spec == next(preset["spec"] for preset in ask(page, "/api/presets")["presets"] if preset["name"] == name)
    return page


def complete(page: Page, name: str) -> None:
    """Its gradients are confirmed, its loss is known, its picture is there, and nothing is wider than the window."""
    expect(page.locator("#badge .badge")).to_have_attribute("data-ok", "true", timeout=READY)
    expect(page.locator(".loss b")).to_have_text(re.compile(r"^[\d.]+(e[−\d]+)?$"))
    expect(page.locator(PICTURES.get(name, ".output .plot canvas")).first).to_be_visible()
    expect(page.locator("#accuracy")).to_contain_text("of 8 modes" if name == "ring_gan" else "train", timeout=READY)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def numbers(page: Page) -> tuple[Any, ...]:
    """Where the session stands, and all it is made of there; the loss that the page writes."""
    here = session(page)
    found = [ask(page, f"{here}/{each}") for each in ("parameters", "gradients")]
    return ask(page, here)["state"]["position"], *found, page.locator(".loss b").inner_text(), page.locator("#status").inner_text()


def test_the_list_is_whole() -> None:
    """Easy ones, hard ones, real data, a pencil's example, gradients that vanish and explode, and every kind of network."""
    assert {"two_moons", "spiral", "xor", "worked_example", "iris", "digits", "vanishing", "exploding"} <= set(TITLES)
    assert {"digits_cnn", "copy_lstm", "copy_gru", "copy_rnn", "adding", "text", "reversal", "ring_gan", "digits_vae", "thirty_sigmoids"} <= set(TITLES)


@pytest.mark.parametrize("name", [name if name in EACH else pytest.param(name, marks=pytest.mark.long) for name in TITLES])
def test_each_opens_learns_and_is_stepped_both_ways(open_page: Open, name: str) -> None:
    """The page's own words say what the loss was and is; two ops on and two back give the same numbers."""
    game = name == "ring_gan"
    page = chosen(open_page, name, 1440, 900, None if game else RATE)
    if game:
        expect(page.locator("#accuracy")).to_have_text("8 of 8 modes", timeout=READY)
    else:
        run = page.locator(".run-canvas")
        expect(run).to_have_attribute("aria-label", SEEN, timeout=READY)
        found = SEEN.match(run.get_attribute("aria-label") or "")
        assert found
        now, begun = map(number, found.groups()[1:])
        assert now > STILL[name] if name in STILL else now < LEARNT * begun, found.group()
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("#status")).to_contain_text("updates done", timeout=READY)
    complete(page, name)
    before = numbers(page)
    step(page, "op", 2)
    assert numbers(page)[0] == {"update": before[0]["update"], "instruction": 2}
    step(page, "op", -2)
    assert numbers(page) == before
    page.get_by_role("button", name="Presets").click()
    expect(page.locator(".preset[aria-current=true] b")).to_have_text(TITLES[name])


@pytest.mark.parametrize("name", ["formula", "ring_gan", *(pytest.param(name, marks=pytest.mark.long) for name in EACH if name not in ("formula", "ring_gan"))])
def test_on_a_phone(open_page: Open, name: str) -> None:
    complete(chosen(open_page, name, 390, 844, 8), name)


def test_what_does_not_learn_leads_to_its_remedies(page: Page) -> None:
    """The link beside the preset opens the laboratory on the same net."""
    ready(page)
    page.get_by_role("button", name="Presets").click()
    page.locator("li", has=page.get_by_text(TITLES["thirty_sigmoids"], exact=True)).get_by_role("link").click()
    expect(page.locator(".trial h3")).to_have_text(["untreated", "ReLU", "initialisation", "batch norm", "layer norm", "residual"], timeout=READY)

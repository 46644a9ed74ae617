"""The network's picture: its colours and numbers are the API's, and everything in it can be reached."""

import math
import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, pause, preset, ready, session, step

Open = Callable[..., Page]
POSITIVE = ["#f3dfc1", "#fdb863", "#e08214", "#b35806"]
NEGATIVE = ["#e0dff0", "#b2abd2", "#8073ac", "#542788"]


def color_of(value: float, lo: float, hi: float) -> list[float]:
    """The documented color of a gradient: linear between four stops by its place among the decades."""
    t = min(1.0, max(0.0, (math.log10(abs(value)) - lo) / (hi - lo))) * 3
    stops = [[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in (POSITIVE if value > 0 else NEGATIVE)]
    low = min(2, int(t))
    return [a + (b - a) * (t - low) for a, b in zip(stops[low], stops[low + 1], strict=True)]


def pixel(page: Page, x: float, y: float) -> list[int]:
    """The color of the network's canvas at a place in CSS px."""
    script = """([x, y]) => {
        const canvas = document.querySelector("#network canvas"), ratio = canvas.width / canvas.clientWidth;
        const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        copy.drawImage(canvas, Math.round(x * ratio), Math.round(y * ratio), 1, 1, 0, 0, 1, 1);
        return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }"""
    found: list[int] = page.evaluate(script, [x, y])
    return found


def box_of(page: Page, place: str) -> dict[str, Any]:
    """Where a neuron stands on the canvas."""
    found: dict[str, Any] = page.locator(f".neuron[data-place='{place}']").evaluate(
        "one => ({ x: one.offsetLeft, y: one.offsetTop, w: one.offsetWidth, h: one.offsetHeight })"
    )
    return found


def test_colors_are_the_gradients(page: Page) -> None:
    """The straight edges, looked at where no other edge crosses: their color is that of the API's number, negative ones are dashed."""
    pause(page)
    page.get_by_role("button", name="batch mean", exact=True).click()
    page.mouse.move(5, 5)
    labels = page.locator(".legend-bar").nth(1).locator(".legend-labels span").all_inner_texts()
    lo, hi = (power(text) for text in (labels[0], labels[-1]))
    gradients = ask(page, f"{session(page)}/gradients")["gradients"]
    for unit in range(4):
        value = gradients["2.W"][unit][unit]
        start, end = box_of(page, f"1 {unit}"), box_of(page, f"2 {unit}")
        y = start["y"] + start["h"] / 2
        wanted = color_of(value, lo, hi)
        row = [pixel(page, x, y) for x in range(start["x"] + start["w"] + 2, end["x"] - 2)]
        nearest = min(max(abs(a - b) for a, b in zip(color, wanted, strict=True)) for color in row)
        assert nearest <= 6, f"2.W[{unit},{unit}] = {value}"


CROSSED = """() => {
    const canvas = document.querySelector("#network canvas"), ratio = canvas.width / canvas.clientWidth, at = canvas.getBoundingClientRect();
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const names = [...document.querySelectorAll(".neuron:not([data-place^='0 ']) .neuron-name")];
    const crossed = names.filter((name) => {
        const range = document.createRange();
        range.selectNodeContents(name);
        const { x, y, width, height } = range.getBoundingClientRect();
        const data = copy.getImageData((x - at.x) * ratio, (y - at.y + 3) * ratio, width * ratio, (height - 4) * ratio).data;
        return data.some((part, index) => part !== data[index % 4]);
    });
    return [names.length, crossed.map((name) => name.textContent)];
}"""


@pytest.mark.parametrize(
    ("name", "width", "pinned", "names"),
    [
        ("two_moons", 1440, "0.W[1,3]", 9),
        ("two_moons", 1024, "0.W[1,3]", 9),
        ("digits_cnn", 1024, "7.W[40,4]", 13),
        ("digit_rows", 1440, "1.W[3,9]", 11),
        ("reversal", 1440, None, 4),
        ("wine", 1440, None, 11),
    ],
)
def test_no_line_touches_a_name(open_page: Open, name: str, width: int, pinned: str | None, names: int) -> None:
    """Nor do heat-maps, the halo of what is pinned, or biases; and no name runs into its neighbour's."""
    page = open_page(width=width, height=900, path="/health")
    page.goto(link(preset(page, name), paused=True, pinned=pinned and f"parameter:{pinned}"))
    ready(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cell[data-row=both][data-state=now]")).to_be_attached(timeout=READY)
    page.mouse.move(5, 5)
    page.wait_for_timeout(200)
    assert page.evaluate(CROSSED) == [names, []]
    network = page.locator("#network").bounding_box()
    boxes = page.locator(".neuron-name").evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
    assert network and all(box["left"] >= network["x"] and box["top"] >= network["y"] - 3 for box in boxes)
    for one, other in combinations(boxes, 2):
        across = min(one["right"], other["right"]) - max(one["left"], other["left"])
        assert across <= 0 or min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) <= 1


def power(text: str) -> float:
    """The exponent that a label writes."""
    if text == "1":
        return 0
    return float(text.removeprefix("10").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")))


def test_sockets_show_the_apis_numbers(page: Page) -> None:
    """Value and arriving gradient of every neuron, for the followed example, to the digits shown."""
    pause(page)
    here = session(page)
    example = page.get_by_label("Followed example, by number").input_value()
    for column in ask(page, f"{here}/graph")["columns"][1:]:
        answer = ask(page, f"{here}/values/{column['post']}?example={example}")
        for unit in range(column["units"]):
            neuron = page.locator(f".neuron[data-place='{column['index']} {unit}']")
            for what, place in (("value", ".socket.value"), ("cotangent", ".socket.arriving")):
                numbers = answer[what]
                number = numbers[0][unit] if isinstance(numbers[0], list) else numbers[unit]
                shown = float(neuron.locator(place).inner_text().replace("−", "-"))
                assert abs(shown - number) <= 0.0051 + 0.01 * abs(number)


def test_the_legend_is_fixed_for_the_run(page: Page) -> None:
    """Hundreds of updates later it is the same, unless Rescale is pressed, which it says."""
    ready(page)
    expect(page.locator(".cell[data-row=both][data-state=now]")).to_be_attached(timeout=READY)
    before = page.locator(".legend-labels").all_inner_texts()
    page.locator(".speed-slider").fill("15")
    page.wait_for_timeout(2500)
    assert page.locator(".legend-labels").all_inner_texts() == before


def test_an_edge_shows_its_numbers_and_can_be_pinned(page: Page) -> None:
    """Point at the middle of an edge: its name and value; click: it is pinned, with both its ends ringed."""
    pause(page)
    start, end = box_of(page, "2 0"), box_of(page, "3 0")
    place = page.locator("#network").bounding_box()
    assert place
    x = place["x"] + (start["x"] + start["w"] + end["x"]) / 2
    y = place["y"] + (start["y"] + start["h"] / 2 + end["y"] + end["h"] / 2) / 2
    page.mouse.move(x, y)
    value = ask(page, f"{session(page)}/parameters")["parameters"]["4.W"][0][0]
    expect(page.locator("#network-tip")).to_contain_text("4.W[0,0]")
    expect(page.locator("#network-tip")).to_contain_text(f"{abs(value):.4g}"[:5])
    page.mouse.click(x, y)
    expect(page.locator("#inspector")).to_contain_text("4.W[0,0]")
    page.mouse.move(5, 5)
    expect(page.locator(".neuron[data-lit=yes]")).to_have_count(2)


def test_a_bias_shows_its_numbers_and_can_be_pinned(page: Page) -> None:
    """The dot at a neuron's lower left: its name and value; click: it is pinned."""
    pause(page)
    place = page.locator("#network").bounding_box()
    neuron = box_of(page, "1 2")
    assert place
    x, y = place["x"] + neuron["x"] - 8, place["y"] + neuron["y"] + neuron["h"] - 6
    page.mouse.move(x, y)
    expect(page.locator("#network-tip")).to_contain_text("Bias of h1,3 · 0.b[2]")
    value = ask(page, f"{session(page)}/parameters")["parameters"]["0.b"][2]
    expect(page.locator("#network-tip")).to_contain_text(f"value {value:.4g}".replace("-", "−"))
    page.mouse.click(x, y)
    expect(page.locator("#inspector .api-name")).to_have_text("0.b[2]")


def test_neurons_are_walked_by_arrows(page: Page) -> None:
    """One stop for Tab; arrows go from neuron to neuron; each says its numbers; Enter pins."""
    pause(page)
    assert page.locator(".neuron[tabindex='0']").count() == 1
    page.locator(".neuron[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    focused = page.locator(".neuron:focus")
    expect(focused).to_have_attribute("aria-label", re.compile(r"h.*, tanh .*, gradient arriving "))
    expect(page.locator("#network-tip")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector")).to_contain_text("h")
    page.keyboard.press("Escape")
    expect(page.locator("#network-tip")).to_be_hidden()


def test_weights_have_their_own_look(page: Page) -> None:
    """No orange and no purple on the edges, and a legend of their own."""
    pause(page)
    page.keyboard.press("w")
    page.mouse.move(5, 5)
    expect(page.locator(".legend-symbol")).to_have_text("w")
    start, end = box_of(page, "1 0"), box_of(page, "2 0")
    row = [pixel(page, x, start["y"] + start["h"] / 2) for x in range(start["x"] + start["w"] + 2, end["x"] - 2)]
    assert not [color for color in row if color[0] - color[2] > 60]


def test_digits_wear_their_image(open_page: Open) -> None:
    """Large layers are strips with heat-maps between; a cell of one is a weight, and can be pointed at."""
    first = open_page(reduced_motion="reduce")
    ready(first)
    page = open_page(path=link(preset(first, "digits"), paused=True))
    ready(page)
    step(page, "batch", 1)
    kinds = page.locator(".neuron").evaluate_all("all => all.map(one => one.dataset.kind)")
    assert kinds.count("many") == 2
    place = page.locator("#network").bounding_box()
    left, right = box_of(page, "0 0"), box_of(page, "1 0")
    assert place
    page.mouse.move(place["x"] + (left["x"] + left["w"] + right["x"]) / 2, place["y"] + place["height"] / 2)
    expect(page.locator("#network-tip")).to_contain_text("0.W[")
    expect(page.locator(".images li")).not_to_have_count(0, timeout=READY)
    page.locator(".neuron").last.focus()
    expect(page.locator("#network-tip")).to_contain_text("stands for 9")
    page.get_by_role("button", name="confusion", exact=True).click()
    expect(page.locator("table.confusion tbody tr")).to_have_count(10)

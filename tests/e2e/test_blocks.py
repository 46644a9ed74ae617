"""Layers that are no columns of neurons: their pictures show the API's numbers, and what is not computed yet is unknown."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.stage import READY, ask, link, ready, session, step

Open = Callable[..., Page]
CLASSES: dict[str, Any] = {"data": {"kind": "digits"}, "standardize": True, "batch_size": 8, "loss": {"kind": "categorical_cross_entropy_with_logits"}}
IMAGES: dict[str, Any] = {
    **CLASSES,
    "layers": [{"kind": "reshape", "to": [1, 8, 8]}, {"kind": "conv2d", "filters": 2}, {"kind": "relu"}, {"kind": "max_pool"}, {"kind": "flatten"},
               {"kind": "linear", "units": 10}],
}  # fmt: skip
SEQUENCE: dict[str, Any] = {**CLASSES, "layers": [{"kind": "reshape", "to": [8, 8]}, {"kind": "lstm", "units": 3}, {"kind": "linear", "units": 10}]}


def shown(value: float) -> str:
    """A number to three significant digits, as a label begins with it."""
    return f"{value:.3g}".replace("-", "−").split("e")[0][:4]


def test_a_time_step_is_unknown_until_the_program_has_come_to_it(open_page: Open) -> None:
    """One cell of the program a time step; its state is told by a number, as the API has it, from then on."""
    page = open_page(path=link(SEQUENCE, paused=True, unit="layer"))
    ready(page)
    block = page.locator(".neuron[data-kind=block]")
    expect(block).to_have_count(1)
    expect(page.locator(".cell[aria-label^='forward, LSTM 1, time step']")).to_have_count(8)
    graph = ask(page, f"{session(page)}/graph")
    column = graph["columns"][1]
    last = graph["nodes"][column["moments"][0]["h"]]["value_at"]
    page.evaluate(
        "([path, body]) => fetch(path, {method: 'PUT', headers: {'Content-Type': 'application/json'}, body})",
        [f"{session(page)}/position", f'{{"update": 0, "instruction": {last + 1}}}'],
    )
    expect(page.locator(".cell[data-state=now]")).to_have_attribute("aria-label", re.compile("time step 1:"))
    block.focus()
    for place in range(4):
        said = block.get_attribute("aria-label") or ""
        moment = column["moments"][place // 3]
        if moment["t"] == 0:
            value = ask(page, f"{session(page)}/values/{moment['h']}?example={page.get_by_label('Followed example, by number').input_value()}")["value"]
            assert f"time step 1 of 8, unit {place + 1}" in said and f"value {shown(value[place])}" in said
        else:
            assert "time step 2 of 8" in said and "value not computed yet" in said
        assert "gradient arriving not computed yet" in said
        block.press("ArrowDown")


def test_a_pixel_of_a_channel_can_be_pinned(open_page: Open) -> None:
    """The images stand between the input and the classes; a click on one of their numbers lays it open."""
    page = open_page(path=link(IMAGES, paused=True, unit="batch"))
    ready(page)
    step(page, "batch", 1)
    expect(page.locator(".neuron[data-kind=block]")).to_have_count(2)
    page.locator(".neuron[data-kind=block]").first.click(position={"x": 8, "y": 8})
    expect(page.locator("#inspector h2")).to_contain_text("h", timeout=READY)
    expect(page.locator("#inspector .api-name")).to_contain_text("node")

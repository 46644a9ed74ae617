"""What the tests of the stage share: the session on the screen, its numbers, and ways to stand still."""

import base64
import json
import zlib
from typing import Any

from playwright.sync_api import Page, expect

READY = 20_000


def ask(page: Page, path: str) -> Any:
    """Ask the server for JSON as the page's own visitor."""
    return page.evaluate("path => fetch(path).then(answer => answer.json())", path)


def session(page: Page) -> str:
    """The address of the session on the screen."""
    return f"/api/sessions/{ask(page, '/api/sessions')['sessions'][-1]['id']}"


def preset(page: Page, name: str) -> dict[str, Any]:
    """The spec of a preset."""
    found: dict[str, Any] = next(each["spec"] for each in ask(page, "/api/presets")["presets"] if each["name"] == name)
    return found


def link(spec: dict[str, Any], **view: Any) -> str:
    """The address of a spec and of what the page shows of it, as *Copy link* writes it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps({"spec": spec, **view}).encode()) + packer.flush()
    return "/#lab=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def ready(page: Page) -> None:
    """Wait until the network is drawn."""
    expect(page.locator(".cell").first).to_be_attached(timeout=READY)
    expect(page.locator(".neuron").first).to_be_attached(timeout=READY)
    expect(page.get_by_role("button", name="Play", exact=True).or_(page.get_by_role("button", name="Pause", exact=True))).to_be_enabled(timeout=READY)


def pause(page: Page) -> None:
    """Stand still, at the end of an update."""
    ready(page)
    expect(page.locator(".cell[data-row=both][data-state=now]")).to_be_attached(timeout=READY)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(page.locator("#status")).not_to_contain_text("training")
    page.wait_for_timeout(200)


def step(page: Page, unit: str, count: int = 1) -> None:
    """On by so many units, waiting for each."""
    page.get_by_role("group", name="One step is one").get_by_text(unit, exact=True).click()
    for _ in range(abs(count)):
        before = page.locator("#status").inner_text()
        page.keyboard.press("ArrowRight" if count > 0 else "ArrowLeft")
        expect(page.locator("#status")).not_to_have_text(before)

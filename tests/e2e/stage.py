"""What the tests of the stage share: the session on the screen, its numbers, and ways to stand still."""

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

READY = 20_000
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
"""The rules of axe that are law, without its advice."""
AT_REST = "() => Promise.race([Promise.allSettled(document.getAnimations().map((each) => each.finished)), new Promise((done) => setTimeout(done, 2000))])"


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


def barriers(page: Page, context: str | None = None, rules: Sequence[str] = ()) -> list[tuple[str, Any]]:
    """What axe finds, by rule, once every transition has ended: halfway between two colours there is no contrast that counts."""
    page.evaluate(AT_REST)
    found = Axe().run(page, context=context, options={"runOnly": [*rules]} if rules else None)
    return [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found.response["violations"]]


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

"""`python -m tests.e2e.screenshots`: the lab at three widths, light and dark, into docs/screenshots."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import running_browser, running_server
from tests.e2e.stage import READY, ask, link, preset, ready, session

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SIZES = ((1440, 900), (1024, 768), (390, 844))
UPDATE = 212
LAYER = 2
"""The scene: after so many updates, in the middle of the backward pass, at the bias gradients of this layer."""


def main() -> None:
    """Set the scene, and take its picture at each size and in both themes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_server() as server, running_browser() as browser:
        context = browser.new_context(base_url=server, reduced_motion="reduce")
        address, position = scene(context.new_page())
        context.close()
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, base_url=server, reduced_motion="reduce")
                page = context.new_page()
                page.goto(address)
                ready(page)
                send(page, "PUT", f"{session(page)}/position", position)
                expect(page.locator("#run .run-where")).to_have_text(str(UPDATE), timeout=READY)
                expect(page.locator("#run .ops-where")).to_contain_text(f"op {position['instruction']} of", timeout=READY)
                expect(page.locator("#badge")).to_contain_text("checked", timeout=READY)
                page.wait_for_timeout(2500)
                page.screenshot(path=str(FOLDER / f"{scheme}-{width}.png"))
                context.close()


def scene(page: Page) -> tuple[str, dict[str, int]]:
    """The link and the position at which the worst mistake is followed, and the first layer's weight that has most to do with it is still to be reached."""
    page.goto("/")
    ready(page)
    spec = preset(page, "two_moons")
    at = f"/api/sessions/{send(page, 'POST', '/api/sessions', spec)['id']}"
    send(page, "POST", f"{at}/step", {"unit": "batch", "count": UPDATE})
    worst = ask(page, f"{at}/predictions")["worst"]
    send(page, "POST", f"{at}/backward")
    rows = ask(page, f"{at}/gradients?example={worst}")["gradients"]["0.W"]
    _, row, column = max((abs(value), i, j) for i, row in enumerate(rows) for j, value in enumerate(row))
    instructions = ask(page, f"{at}/graph")["instructions"]
    place = next(each["index"] for each in instructions if each["phase"] == "backward" and each["layer"] == LAYER and each["wrt"] == "b")
    view = {"focus": worst, "pinned": f"parameter:0.W[{row},{column}]", "unit": "op", "scope": "example", "paused": True}
    return link(spec, **view), {"update": UPDATE, "instruction": place + 1}


def send(page: Page, method: str, path: str, body: object = None) -> Any:
    """Call the server as the page's own visitor."""
    script = """async ([method, path, body]) => {
        const answer = await fetch(path, {method, headers: {"Content-Type": "application/json"}, body: body === null ? undefined : JSON.stringify(body)});
        return answer.json();
    }"""
    return page.evaluate(script, [method, path, body])


if __name__ == "__main__":
    main()

"""The server is killed under an open page, and started again: the page finds its session by itself, says so, and goes on."""

import signal
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from benchmarks.kill import Server
from tests.app.conftest import eventually
from tests.browser import Faults
from tests.e2e.stage import READY, ask, ready, session


def update(page: Page) -> int:
    """The update that the page shows."""
    found: dict[str, int] = ask(page, session(page))["position"]
    return found["update"]


def test_a_page_goes_on_after_a_crash(browser: Browser, tmp_path: Path, faults: Faults) -> None:
    """While it trains: the same session, the same run, further on; and commands work as before."""
    faults.allow(r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED")
    server = Server(tmp_path)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=f"http://127.0.0.1:{server.port}")
    try:
        page = context.new_page()
        faults.watch(page, f"http://127.0.0.1:{server.port}")
        page.goto("/")
        ready(page)
        expect(page.locator("#status")).to_contain_text("training", timeout=READY)
        here = session(page)
        server.end(signal.SIGKILL)
        expect(page.locator("#notices")).to_contain_text("Connection lost. Trying again…", timeout=READY)
        server.start()
        expect(page.locator("#notices")).to_contain_text("The server was started again", timeout=READY)
        expect(page.locator("#notices")).not_to_contain_text("Connection lost")
        expect(page.locator("#status")).to_contain_text("training")
        assert session(page) == here
        before = update(page)
        eventually(lambda: update(page) > before)
        page.get_by_role("button", name="Pause", exact=True).click()
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        paused = page.locator("#status").inner_text()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#status")).not_to_have_text(paused)
    finally:
        context.close()
        server.end(signal.SIGTERM)

"""The server is killed under an open page, and started again: the page finds its session by itself, says so, and goes on."""

import signal
import sqlite3
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from app.ledger import FILE
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


def spoil(folder: Path) -> None:
    """Overwrite some bytes in the middle of the last saved state, where they lie on the disk."""
    with sqlite3.connect(folder / FILE) as db:
        (content,) = db.execute("SELECT content FROM pieces ORDER BY rowid DESC LIMIT 1").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = (folder / FILE).read_bytes()
    at = raw.index(content[len(content) // 2 :][:64])
    (folder / FILE).write_bytes(raw[:at] + bytes(64 * [0xA5]) + raw[at + 64 :])


def test_a_page_says_that_its_session_is_damaged(browser: Browser, tmp_path: Path, faults: Faults) -> None:
    """In the server's own sentence, not as a lost connection; it is said once, also to a command; and there is a way on."""
    faults.allow(r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED|503")
    server = Server(tmp_path)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=f"http://127.0.0.1:{server.port}")
    try:
        page = context.new_page()
        faults.watch(page, f"http://127.0.0.1:{server.port}")
        page.goto("/")
        ready(page)
        expect(page.locator("#status")).to_contain_text("training", timeout=READY)
        here = session(page)
        step = (
            """path => fetch(`${path}/step`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"unit": "batch", "count": 10000}' })"""
        )
        page.evaluate(step, here)
        eventually(lambda: saved(tmp_path))
        server.end(signal.SIGKILL)
        spoil(tmp_path)
        server.start()
        notices = page.locator("#notices")
        expect(notices).to_contain_text("This session is kept, but cannot be read: its state is not what was written.", timeout=READY)
        expect(notices).not_to_contain_text("Connection lost")
        notices.get_by_role("button", name="Dismiss").click()
        with page.expect_response(lambda answer: answer.url.endswith(here) and answer.status == 503):
            pass
        expect(notices).to_be_empty()
        page.keyboard.press("ArrowRight")
        expect(notices).to_contain_text("cannot be read")
        notices.get_by_role("button", name="Start again").click()
        expect(notices).to_be_empty(timeout=READY)
        assert session(page) != here
        assert ask(page, session(page))["state"]["position"] == {"update": 0, "instruction": 0}
    finally:
        context.close()
        server.end(signal.SIGTERM)


def saved(folder: Path) -> bool:
    """Whether a state has been written."""
    with sqlite3.connect(folder / FILE) as db:
        found: int = db.execute("SELECT count(*) FROM sessions WHERE save IS NOT NULL").fetchone()[0]
    return found > 0

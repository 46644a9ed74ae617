"""The server is killed under an open page, and started again: the page finds its session by itself, says so, and goes on."""

import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
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


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Server]:
    """A server that keeps its sessions here, and can be killed and started again."""
    server = Server(tmp_path)
    yield server
    server.end(signal.SIGTERM)


@pytest.fixture
def page(browser: Browser, lab: Server, faults: Faults) -> Iterator[Page]:
    """Its page, which trains."""
    faults.allow(r"ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED")
    address = f"http://127.0.0.1:{lab.port}"
    with browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address) as context:
        page = context.new_page()
        faults.watch(page, address)
        page.goto("/")
        ready(page)
        expect(page.locator("#status")).to_contain_text("training", timeout=READY)
        yield page


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_page_goes_on_after_a_crash(lab: Server, page: Page, faults: Faults, how: signal.Signals) -> None:
    """And after a proper end. While it trains: the same session, the same run, further on; and commands work as before."""
    faults.allow(r"\b503\b")  # a server that is being stopped says so to whoever still asks
    here = session(page)
    lab.end(how)
    expect(page.locator("#notices")).to_contain_text("Connection lost. Trying again…", timeout=READY)
    lab.start()
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


def spoil(folder: Path) -> None:
    """Overwrite some bytes in the middle of the last saved state, where they lie on the disk."""
    with sqlite3.connect(folder / FILE) as db:
        (content,) = db.execute("SELECT content FROM pieces ORDER BY rowid DESC LIMIT 1").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = (folder / FILE).read_bytes()
    at = raw.index(content[len(content) // 2 :][:64])
    (folder / FILE).write_bytes(raw[:at] + bytes(64 * [0xA5]) + raw[at + 64 :])


def test_a_page_says_that_its_session_is_damaged(lab: Server, page: Page, tmp_path: Path, faults: Faults) -> None:
    """In the server's own sentence, not as a lost connection; it is said once, also to a command; and there is a way on."""
    faults.allow("503")
    here = session(page)
    step = """path => fetch(`${path}/step`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"unit": "batch", "count": 10000}' })"""
    page.evaluate(step, here)
    eventually(lambda: saved(tmp_path))
    lab.end(signal.SIGKILL)
    spoil(tmp_path)
    lab.start()
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


def saved(folder: Path) -> bool:
    """Whether a state has been written."""
    with sqlite3.connect(folder / FILE) as db:
        found: int = db.execute("SELECT count(*) FROM sessions WHERE save IS NOT NULL").fetchone()[0]
    return found > 0

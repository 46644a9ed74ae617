"""Pages of a real server in a real browser; a page that does what it may not fails its test."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.browser import Faults, running_server

CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the server."""
    with running_server() as address:
        yield address


@pytest.fixture
def faults() -> Iterator[Faults]:
    """What the test's pages did that they may not; `faults.allow(pattern)` names what the test itself brings about."""
    found = Faults()
    yield found
    assert not found.unexpected(), "\n".join(found.unexpected())


@pytest.fixture
def open_page(browser: Browser, server: str, faults: Faults) -> Iterator[Callable[..., Page]]:
    """Open the lab: `open_page(width=390, height=844, color_scheme="dark", reduced_motion="reduce", path="/#…")`."""
    contexts = []

    def make(*, width: int = 1440, height: int = 900, path: str = "/", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=server, permissions=CLIPBOARD, **options)
        contexts.append(context)
        page = context.new_page()
        faults.watch(page, server)
        page.goto(path)
        return page

    yield make
    for context in contexts:
        forget(context, server)
        context.close()


def forget(context: BrowserContext, server: str) -> None:
    """Close a visitor's pages and delete the sessions, which would train on for a while with nobody there, beside the tests that follow."""
    with suppress(Error):  # a test may have closed the browser's context, or gone without a network
        for page in context.pages:
            page.close()
        for each in context.request.get(f"{server}/api/sessions").json()["sessions"]:
            context.request.delete(f"{server}/api/sessions/{each['id']}")


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The lab at 1440 × 900 in light."""
    return open_page()

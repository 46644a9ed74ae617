"""The watch over the page, watched itself: each thing that a page may not do is found."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import Faults

Open = Callable[..., Page]


@pytest.mark.parametrize(
    "script, told",
    [
        ("() => console.error('broken')", "console: broken"),
        ("() => { setTimeout(() => { throw new Error('thrown'); }); }", "error: thrown"),
        ("() => fetch('/no-such-page')", "404: "),
        ("() => fetch('http://example.org/').catch(() => {})", "refused by connect-src|left the server: http://example.org/"),
        ("() => { const style = document.createElement('style'); style.textContent = 'p {}'; document.head.append(style); }", "refused by style-src"),
        ("() => { new WebSocket('ws://example.org/').onerror = () => {}; }", "refused by connect-src|left the server: ws://example.org/"),
    ],
    ids=["console", "exception", "missing", "abroad", "style", "socket"],
)
def test_what_a_page_may_not_do_is_found(open_page: Open, faults: Faults, script: str, told: str) -> None:
    """It stands among the faults, and would fail its test there."""
    page = open_page(path="/health")
    faults.allow(".")
    page.evaluate(script)
    page.wait_for_timeout(300)
    faults.allowed = [told]
    assert len(faults.unexpected()) < len(faults)
    faults.allow(".")


def test_nothing_is_found_where_nothing_is_wrong(open_page: Open, faults: Faults) -> None:
    """A quiet page has no faults."""
    open_page(path="/health")
    assert faults == []

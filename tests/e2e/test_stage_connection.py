"""A lost connection and a lost session, in words and with a way on."""

from collections.abc import Callable

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser import Faults
from tests.e2e.stage import READY, ask, ready, session

Open = Callable[..., Page]


def test_a_lost_stream_is_said_and_found_again(open_page: Open) -> None:
    """The page says that it is trying again, and goes on where it was."""
    page = open_page(path="/health")
    routes: list[WebSocketRoute] = []
    heard: list[WebSocketRoute] = []

    def connect(route: WebSocketRoute) -> None:
        routes.append(route)
        server = route.connect_to_server()

        def hear(message: str | bytes) -> None:
            heard.append(route)
            route.send(message)

        server.on_message(hear)

    def wait_for_a_message() -> None:
        """The last stream that was opened has brought something: a status can come with the answer to a command."""
        for _ in range(READY // 50):
            if routes[-1] in heard:
                return
            page.wait_for_timeout(50)
        raise AssertionError("nothing came over the stream")

    page.route_web_socket("**/stream*", connect)
    page.goto("/")
    ready(page)
    expect(page.locator("#status")).to_contain_text("training", timeout=READY)
    wait_for_a_message()
    routes[-1].close()
    expect(page.locator("#notices")).to_contain_text("Connection lost. Trying again…")
    expect(page.locator("#notices")).to_be_empty(timeout=READY)
    wait_for_a_message()
    assert len(routes) == 2


def test_a_session_that_has_ended_offers_a_new_one(open_page: Open, faults: Faults) -> None:
    """A command to a session that is gone is answered with a sentence and one button."""
    faults.allow(r"404")
    page = open_page(reduced_motion="reduce")
    ready(page)
    here = session(page)
    page.evaluate("path => fetch(path, { method: 'DELETE' })", here)
    page.get_by_role("button", name="On one batch").click()
    expect(page.locator("#notices [role=alert]").first).to_contain_text("ended", timeout=READY)
    page.get_by_role("button", name="Start again").first.click()
    expect(page.locator("#notices")).to_be_empty(timeout=READY)
    assert session(page) != here
    assert ask(page, session(page))["state"]["position"] == {"update": 0, "instruction": 0}


def test_without_a_script_it_says_what_to_do(open_page: Open, faults: Faults) -> None:
    """JavaScript off: one sentence, with the way to the API."""
    faults.allow(r"^failed: \S+\.js: csp$")
    page = open_page(java_script_enabled=False)
    assert "drive the same engine over HTTP" in page.locator("#stage noscript").inner_html()

"""A real server and a real Chromium for the tests that need them."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

QUIET = [
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--font-render-hinting=none", "--disable-lcd-text", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
READY = "Backprop Lab is ready at "
ABORTED = "net::ERR_ABORTED"  # the page itself gave a request up
REPORT_REFUSALS = """addEventListener("securitypolicyviolation", (event) => console.error(`refused by ${event.violatedDirective}: ${event.blockedURI}`));"""


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a server of our own, on a free port of this machine; ended with its process."""
    process = subprocess.Popen([sys.executable, "-m", "app", "--no-browser", "--port", "0", "--data", "none"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert line.startswith(READY), f"the server said {line!r}"
        address = line.removeprefix(READY).strip()
        _wait(address)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A Chromium: the one that $CHROMIUM names, or one on the PATH (its headless shell does half the work of the whole browser), or Playwright's own."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


class Faults(list[str]):
    """Everything that a page may not do: errors, refused styles or scripts, failed requests, requests that leave the server."""

    def __init__(self) -> None:
        super().__init__()
        self.allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """Expect what matches a regular expression: a test that asks for a refusal sees it in the console too."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """What no test asked for."""
        return [fault for fault in self if not any(re.search(pattern, fault) for pattern in self.allowed)]

    def watch(self, page: Page, origin: str) -> None:
        """Listen to a page from now on."""
        own = (origin, origin.replace("http", "ws", 1), "data:", "blob:")
        page.on("console", lambda message: self.append(f"console: {message.text}") if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith(own) else self.append(f"left the server: {request.url}"))
        page.on("websocket", lambda socket: None if socket.url.startswith(own) else self.append(f"left the server: {socket.url}"))
        page.on("requestfailed", lambda request: None if request.failure == ABORTED else self.append(f"failed: {request.url}: {request.failure}"))
        page.on("response", lambda answer: self.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
        page.add_init_script(REPORT_REFUSALS)


def _wait(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError("the server never became ready")

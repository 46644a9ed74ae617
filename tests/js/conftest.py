"""Each tests/js/*.test.js is run in the browser that the page is made for, from a small server of the two folders."""

from collections.abc import Callable, Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Error

ROOT = Path(__file__).resolve().parents[2]
RUN = "async (file) => { await import(file); return (await import('/tests/js/harness.js')).run(); }"


class Files(SimpleHTTPRequestHandler):
    """The repository's static/ and tests/js, with a script's type on every machine; anything else is missing."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}  # noqa: RUF012
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One file; `/` is an empty page and `/failing.test.js` a test that fails."""
        made = {"/": ("text/html", "<!doctype html><title>tests</title>"), "/failing.test.js": ("text/javascript", FAILING)}
        if self.path in made:
            kind, text = made[self.path]
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())
        elif self.path.startswith(("/static/", "/tests/js/")):
            super().do_GET()
        else:
            self.send_error(404)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


FAILING = """import { equal, test } from "/tests/js/harness.js";
test("holds", () => equal(1, 1));
test("fails", () => equal(1, 2));
test("fails later", async () => { await null; throw new Error("late"); });
"""


@pytest.fixture(scope="session")
def run_script(browser: Browser) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """Run one test file in a page of its own, once: its tests by name, each with its error or None."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(ROOT)))
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"

    @cache
    def run(path: str) -> list[dict[str, Any]]:
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("response", lambda answer: faults.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None)
        try:
            page.goto(f"{address}/")
            results: list[dict[str, Any]] = page.evaluate(RUN, path)
        except Error as error:
            results = [{"name": path, "error": error.message}]
        finally:
            page.close()
        return results + [{"name": path, "error": fault} for fault in faults]

    yield run
    server.shutdown()
    server.server_close()

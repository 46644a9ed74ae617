"""A client of the whole application, guard and all, without a network; and a real server where one is needed."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.ledger import Ledger
from app.main import create_app
from app.settings import ROOT, Limits, Settings

HOST = "http://127.0.0.1:8000"
READY = "Backprop Lab is ready at "


HEADERS = {
    "content-security-policy": "default-src 'self'; style-src 'self' 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='; style-src-attr 'unsafe-inline'; "
    "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""What every answer bears, written out: what is said here is decided twice. (The hash is that of the one style sheet that Plotly puts in.)"""

SHEET = r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def guarded(answer: Any) -> None:
    """Hold an answer to the headers, and to saying nothing of the server. A worksheet, which is printed, may have only its own style and fonts."""
    found = {name: answer.headers.get(name) for name in HEADERS}
    if answer.url.path.endswith("/worksheet") and answer.headers.get("content-type", "").startswith("text/html"):
        assert re.fullmatch(SHEET, found.pop("content-security-policy")), answer.url
    assert found == {name: HEADERS[name] for name in found}, answer.url
    assert "server" not in answer.headers and "x-powered-by" not in answer.headers


@contextmanager
def visiting(**limits: int) -> Iterator[TestClient]:
    """A visitor with a cookie jar, of a server with these limits."""
    with TestClient(create_app(Settings(limits=Limits(**limits))), base_url=HOST) as made:
        made.event_hooks = {"response": [guarded]}
        yield made


@contextmanager
def keeping(folder: Path, **limits: int) -> Iterator[TestClient]:
    """A visitor of a server that keeps its sessions in a folder."""
    bounds = Limits(**limits)
    with TestClient(create_app(Settings(limits=bounds), Ledger(folder, bounds.kept)), base_url=HOST) as made:
        made.event_hooks = {"response": [guarded]}
        yield made


def refused(client: TestClient, at: str, *cases: tuple[str, int, str]) -> None:
    """Each of these readings below an address is refused with its status, in its words."""
    for path, status, words in cases:
        answer = client.get(f"{at}/{path}")
        assert answer.status_code == status and words in answer.text, (path, answer.text)


def eventually(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something that happens on another thread."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it never happened"
        sleep(0.005)


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A visitor of a server that gives three sessions to each."""
    with visiting(sessions_per_visitor=3) as made:
        yield made


@pytest.fixture
def session(client: TestClient) -> dict[str, Any]:
    """A session of the default network."""
    answer: dict[str, Any] = client.post("/api/sessions", json={}).json()
    return answer


@pytest.fixture
def at(session: dict[str, Any]) -> str:
    """The session's address."""
    return f"/api/sessions/{session['id']}"


@contextmanager
def process(*options: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """A server process and its address; killed where the test has not ended it."""
    made = subprocess.Popen(
        [sys.executable, "-m", "app", "--no-browser", "--port", "0", *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert made.stdout and made.stderr
    try:
        line = made.stdout.readline()
        assert line.startswith(READY), line
        yield made, line.removeprefix(READY).strip()
    finally:
        made.kill()
        made.wait()
        made.stdout.close()
        made.stderr.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a real server."""
    with process() as (_, made):
        yield made

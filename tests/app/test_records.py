"""The log: a line for each request, and nothing in it that a visitor can shape or that opens anything."""

import io
import json
import logging
import threading
import urllib.request
from typing import Any

import pytest
from websockets.sync.client import connect

from app.records import ERROR, FIELD, FORMS, WAITING, Formatter, Lines, recording, short
from tests.app.conftest import process
from tests.app.test_door import ask
from tests.app.test_server import run

HOSTILE = 'x"\r\n{"level": "error"}\x1b[2J\u2028\ud800' + "é" * 100_000


def logged(*requests: tuple[str, str, Any], form: str) -> tuple[list[str], dict[str, Any]]:
    """What a real server writes to its error output on these requests of its session, and the session with the visitor's cookie."""
    with process("--data", "none", "--log", form) as (server, address):
        _, headers, made = ask(address, "POST", "/api/sessions", {})
        session = {**json.loads(made), "cookie": headers["set-cookie"].split(";")[0]}
        for method, path, content in requests:
            ask(address, method, path.format(**session), content, authorization=f"Bearer {session['token']}", cookie=session["cookie"])
        with connect(
            f"{address.replace('http', 'ws', 1)}/api/sessions/{session['id']}/stream?example=0", additional_headers={"cookie": session["cookie"]}
        ) as made:
            made.recv()
        urllib.request.urlopen(f"{address}/health").close()
        server.terminate()
        assert server.wait(timeout=10) == 0
        assert server.stderr
        return server.stderr.read().splitlines(), session


REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", "/api/sessions/{id}/branches", {"name": 'a"\n{"level": "error"}\u001b[2J'}),
    ("GET", "/api/sessions/{id}/gradients?example=4711", None),
    ("GET", "/api/sessions/{id}/events?fields=%0d%0aforged", None),
    ("GET", "/api/sessions/%0aforged%1b%5b2J/graph?token={token}", None),
    ("GET", "/nothing/%0d%0aforged", None),
    ("POST", "/api/sessions", {"forged": "x"}),
]


def test_each_request_is_one_line_without_anything_of_a_visitor() -> None:
    """However it is called: no id, no token, no cookie, no query, no name, no line that a visitor begins."""
    lines, session = logged(*REQUESTS, form="json")
    found = [json.loads(line) for line in lines]
    assert [each["route"] for each in found] == [
        "/api/sessions", "/api/sessions/{session_id}/branches", "/api/sessions/{session_id}/gradients", "/api/sessions/{session_id}/events",
        "/api/sessions/{session_id}/graph", None, "/api/sessions", "/api/sessions/{session_id}/stream",
    ]  # fmt: skip
    assert [each["status"] for each in found[3:]] == [422, 422, 404, 422, 101] and found[-1]["method"] == "WS"
    assert all(set(each) <= {"time", "level", "event", "method", "route", "status", "ms", "session"} and each["ms"] >= 0 for each in found)
    assert {found[place]["session"] for place in (1, 2, 3, 7)} == {short(session["id"])} and "session" not in found[0]
    for secret in (session["id"], session["token"], session["cookie"].split("=")[1], "4711", "forged", "\x1b"):
        assert not any(secret in line for line in lines)


def test_the_same_as_text() -> None:
    lines, session = logged(("POST", "/api/sessions/{id}/step", {}), form="text")
    assert [line.split(" ", 1)[1].split(" ms")[0].rsplit(" ", 1)[0].split() for line in lines] == [
        ["info", "POST", "/api/sessions", "201"],
        ["info", "POST", "/api/sessions/{session_id}/step", "200"],
        ["info", "WS", "/api/sessions/{session_id}/stream", "101"],
    ]
    assert lines[1].endswith(f"session {short(session['id'])}")


@pytest.mark.parametrize("form", FORMS)
def test_a_fault_is_one_bounded_line_too(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message and its traceback with it. No other handler is there: pytest's would hand the lone surrogate on to where it cannot be written."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    stream = io.StringIO()
    with recording(form, stream):
        try:
            raise ValueError(HOSTILE)
        except ValueError:
            logging.getLogger("app").exception("It failed: %s", HOSTILE)
        logging.getLogger("app").info("request", extra={"request": {"method": HOSTILE, "route": None, "status": 1, "ms": 0.1}})
    lines = stream.getvalue().split("\n")
    assert len(lines) == 3 and lines[2] == "" and stream.getvalue().splitlines() == lines[:2]
    assert all(letter.isprintable() for line in lines for letter in line)
    if form == "json":
        told = json.loads(lines[0])
        assert told["level"] == "error" and len(told["message"]) <= FIELD and len(told["error"]) <= ERROR
    assert all(len(line) < 6 * (2 * ERROR) for line in lines)


def test_nobody_waits_for_a_log_that_is_not_read() -> None:
    """Lines beyond the bound are left out, and their number is said."""
    written, free = [], threading.Event()

    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            free.wait(10)
            written.append(text)
            return len(text)

    lines = Lines("text", Stuck())
    record = logging.LogRecord("app", logging.INFO, "", 0, "x", None, None)
    for _ in range(WAITING + 10):
        lines.emit(record)
    free.set()
    lines.close()
    assert WAITING <= len(written) <= WAITING + 1 and sum("lines were left out" in line for line in written) == 1


def test_a_form_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROP_LAB_LOG", "xml")
    answer = run("--port", "0")
    assert answer.returncode == 1 and "json or text" in answer.stderr


def test_a_line_of_another_library_is_formatted_as_well() -> None:
    record = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, "a\nb %s", ("c",), None)
    assert json.loads(Formatter(FORMS["json"]).format(record))["message"] == "a ⏎ b c"

"""What is logged: one line for each request and for whatever went wrong, as JSON or as text. Every field is bounded and escaped, and none is secret."""

import hashlib
import json
import logging
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, TextIO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.words import clean

FIELD = 200
"""Characters of a field at the most."""
ERROR = 2000
"""Characters of what went wrong, from its end."""
WAITING = 10_000
"""Lines that may wait to be written; more are counted and left out, so that nobody waits for a log that is not read."""
PATIENCE = 2.0
"""Seconds for the last lines at the end."""
log = logging.getLogger("app.requests")


class Recorder:
    """The outermost layer where requests are logged: method, route, status, time, and of a session a digest that opens nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        start, status = perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            match message["type"]:
                case "http.response.start" | "websocket.http.response.start":
                    status = message["status"]
                case "websocket.accept":
                    status = 101
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            if (scope["path"], status) != ("/health", 200):
                log.info("request", extra={"request": _told(scope, status, perf_counter() - start)})


class Lines(logging.Handler):
    """Formats each record as one line, and has it written on a thread of its own."""

    def __init__(self, form: str, stream: TextIO) -> None:
        super().__init__()
        self.setFormatter(Formatter(FORMS[form]))
        self._lost = 0
        self._waiting: queue.Queue[str | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._write, args=(stream,), name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._waiting.put_nowait(self.format(record))
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Write what waits, but not for ever."""
        try:
            self._waiting.put(None, timeout=PATIENCE)
            self._thread.join(PATIENCE)
        except queue.Full:
            pass
        super().close()

    def _write(self, stream: TextIO) -> None:
        while (line := self._waiting.get()) is not None:
            lost, self._lost = self._lost, 0
            if lost:
                said = f"{lost} lines were left out here: the log was not read."
                line += f"\n{self.format(logging.LogRecord('app', logging.WARNING, '', 0, said, None, None))}"
            stream.write(f"{line}\n")
            stream.flush()


class Formatter(logging.Formatter):
    """One line for a record, whatever is in it."""

    def __init__(self, form: Callable[[dict[str, Any]], str]) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields: dict[str, Any] = {"time": time, "level": record.levelname.lower()}
        if request := getattr(record, "request", None):
            fields |= {"event": "request", **request}
        else:
            fields |= {"event": "message", "from": record.name, "message": clean(_flat(record.getMessage()), FIELD)}
        if record.exc_info:
            fields["error"] = clean(_flat(self.formatException(record.exc_info))[-ERROR:], ERROR)
        return self._form({name: clean(value, ERROR) if isinstance(value, str) else value for name, value in fields.items()})


@contextmanager
def recording(form: str | None, stream: TextIO = sys.stderr) -> Iterator[None]:
    """Log in this form until the end; without one, nothing changes: what goes wrong is said as Python says it."""
    if form is None:
        yield
        return
    root, requests = logging.getLogger(), logging.getLogger("app")
    lines = Lines(form, stream)
    root.addHandler(lines)
    requests.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(lines)
        requests.setLevel(logging.NOTSET)
        lines.close()


def _told(scope: Scope, status: int, seconds: float) -> dict[str, Any]:
    """What is said of a request. Its path, its query and its headers are not: the route's own pattern is."""
    session = scope.get("path_params", {}).get("session_id")
    return {
        "method": clean(scope.get("method", "WS"), FIELD),
        "route": getattr(scope.get("route"), "path", None),
        "status": status,
        "ms": round(1000 * seconds, 1),
        **({"session": short(session)} if isinstance(session, str) else {}),
    }


def short(session_id: str) -> str:
    """Eight letters by which lines of one session are told to belong together; the id does not follow from them."""
    return hashlib.sha256(session_id.encode("utf-8", "replace")).hexdigest()[:8]


def _flat(text: str) -> str:
    """A text of several lines on one."""
    return " ⏎ ".join(text.splitlines())


def _text(fields: dict[str, Any]) -> str:
    """The fields as words; a request's in the order of method, route, status and time."""
    head = f"{fields.pop('time')} {fields.pop('level'):<7}"
    if fields.pop("event") == "request":
        line = f"{fields['method']} {fields['route'] or '-'} {fields['status']} {fields['ms']} ms"
        return f"{head} {line} session {fields['session']}" if "session" in fields else f"{head} {line}"
    return f"{head} {' '.join(str(value) for name, value in fields.items() if name != 'from')}"


FORMS: dict[str, Callable[[dict[str, Any]], str]] = {"json": json.dumps, "text": _text}
"""How a line is written."""

"""Server-sent events: the stream's content in JSON, for a script that reads lines."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.app.conftest import eventually


class Script:
    """A caller without cookies, as a learner would write it."""

    def __init__(self, address: str) -> None:
        self.headers = {"content-type": "application/json"}
        self.address = f"{address}/api/sessions"
        made = self.call("POST", "", {})
        self.address += f"/{made['id']}"
        self.headers["authorization"] = f"Bearer {made['token']}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        with self.open(method, path, body) as answer:
            return json.loads(answer.read() or b"null")

    def open(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        return urllib.request.urlopen(urllib.request.Request(self.address + path, data, self.headers, method=method), timeout=10)


def events(lines: Any) -> Iterator[dict[str, Any]]:
    """The JSON of each event."""
    for line in lines:
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


@pytest.fixture
def script(address: str) -> Script:
    return Script(address)


def test_an_event_comes_at_once_and_after_every_step(script: Script) -> None:
    """With the very numbers of the API."""
    script.call("POST", "/forward", {})
    with script.open("GET", "/events") as lines:
        assert lines.headers["content-type"].startswith("text/event-stream") and lines.headers["cache-control"] == "no-store"
        told = events(lines)
        first = next(told)
        for name in ("gradients", "parameters"):
            assert first[name] == script.call("GET", f"/{name}")[name]
        script.call("POST", "/step", {"unit": "op"})
        second = next(told)
        assert second["position"]["instruction"] == first["position"]["instruction"] + 1 and second["sequence"] == first["sequence"] + 1


def test_at_most_ten_a_second_and_the_newest_only(script: Script) -> None:
    script.call("PUT", "/run", {})
    with script.open("GET", "/events?fields=scalars") as lines:
        start = time.monotonic()
        found = [event for event, _ in zip(events(lines), range(6), strict=False)]
        assert time.monotonic() - start > 0.4
    updates = [event["position"]["update"] for event in found]
    assert updates == sorted(set(updates)) and found[-1]["running"] and "gradients" not in found[0]


def test_fields_and_an_example(script: Script) -> None:
    script.call("POST", "/backward", {})
    with script.open("GET", "/events?fields=values,example_gradients&example=7") as lines:
        event = next(events(lines))
    assert event["example_gradients"] == script.call("GET", "/gradients?example=7")["gradients"] and event["values"]


@pytest.mark.parametrize(("query", "status"), [("fields=magic", 422), ("fields=values,values", 422), ("fields=values&example=99999", 404), ("example=-1", 422)])
def test_a_bad_wish_is_refused_before_anything_is_sent(script: Script, query: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        script.open("GET", f"/events?{query}")
    with refused.value as answer:
        assert answer.status == status and json.loads(answer.read())["detail"]


def test_who_leaves_is_noticed(script: Script) -> None:
    """More readers than a session may have, one after the other."""
    for _ in range(20):
        with script.open("GET", "/events") as lines:
            assert next(events(lines))
        script.call("POST", "/step", {})


def test_the_end_of_a_session_ends_its_events(script: Script) -> None:
    with script.open("GET", "/events") as lines:
        told = events(lines)
        next(told)
        script.call("DELETE", "")
        ended: list[bool] = []
        eventually(lambda: ended.append(next(told, None) is None) or ended[-1])

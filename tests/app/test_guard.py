"""Who may come in: the names that the server goes by, the origins that may act, and no route that is open by accident."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from app.main import create_app
from app.settings import Settings
from tests.app.conftest import HEADERS, HOST

OPEN = {
    "/", "/docs", "/laboratory", "/openapi.json", "/health", "/metrics", "/favicon.ico", "/favicon.svg", "/fonts/{name}", "/static/{path:path}",
    "/vendor/plotly", "/api/catalog", "/api/lessons", "/api/lessons/{name}", "/api/presets", "/api/limits", "/api/tables", "/api/formulas",
    "/api/sessions", "/api/laboratory", "/api/sweeps",
}  # fmt: skip
"""What needs no credentials. Everything else is a session's or a sweep's, and is nothing to those who do not hold its token or its owner's cookie."""

HOSTS: list[tuple[str, int]] = [
    ("127.0.0.1:8000", 200), ("127.0.0.1", 200), ("localhost:8000", 200), ("LOCALHOST:9", 200), ("[::1]:8000", 200),
    ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("evil.example:8000", 421), ("localhost.evil.example", 421), ("a@127.0.0.1", 421),
    ("127.0.0.1/x", 421), ("127.0.0.1?x", 421), ("127.0.0.1#x", 421), ("127.0.0.1:x", 421), ("127.0.0.1:99999", 421), ("192.0.2.7:8000", 421),
    ("[::1", 421), ("::1", 421), ("", 421), (" ", 421), ("127.0.0.1 ", 421),
]  # fmt: skip
ORIGINS: list[tuple[dict[str, str], bool]] = [
    ({}, True), ({"origin": HOST}, True), ({"origin": HOST.upper()}, True), ({"sec-fetch-site": "same-origin"}, True), ({"sec-fetch-site": "none"}, True),
    ({"origin": "http://evil.example"}, False), ({"origin": "null"}, False), ({"origin": ""}, False), ({"origin": f"{HOST}.evil.example"}, False),
    ({"origin": f"http://evil.example?{HOST}"}, False), ({"origin": "https://127.0.0.1:8000"}, False), ({"origin": "http://127.0.0.1:9"}, False),
    ({"origin": "http://127.0.0.1"}, False), ({"origin": "http://localhost:8000"}, False), ({"origin": "http://a@127.0.0.1:8000"}, False),
    ({"origin": "http://[::1]:8000"}, False), ({"sec-fetch-site": "cross-site"}, False), ({"sec-fetch-site": "same-site"}, False),
    ({"sec-fetch-site": "cross-site", "origin": HOST}, False), ({"sec-fetch-site": "same-origin", "origin": "null"}, False),
]  # fmt: skip
METHODS = [("POST", "step"), ("PUT", "run"), ("PATCH", "settings"), ("DELETE", "run")]


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and path there is."""
    for route in flat(app.routes):
        if isinstance(route, WebSocketRoute):
            yield "WS", route.path
        elif isinstance(route, Mount):
            yield "GET", route.path
        elif isinstance(route, Route):
            for method in route.methods or ():
                yield method, route.path


def flat(listed: Any) -> Iterator[Any]:
    """Routes, also those that stand in an included router."""
    for route in listed:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from flat(inner.routes)


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_the_names_it_goes_by(client: TestClient, host: str, status: int) -> None:
    answer = client.get("/health", headers={"host": host})
    assert answer.status_code == status
    assert answer.headers["content-security-policy"]


def test_two_hosts_are_one_too_many(client: TestClient) -> None:
    assert client.get("/health", headers=[("host", "127.0.0.1:8000"), ("host", "127.0.0.1:8000")]).status_code == 400


ALLOWED = Settings(allowed=("lab.school.example", "other.example:8443"))
NAMES: list[tuple[str, int]] = [
    ("lab.school.example", 200), ("LAB.school.example:8000", 200), ("other.example:8443", 200), ("127.0.0.1:8000", 200),
    ("other.example", 421), ("other.example:844", 421), ("lab.school.example.evil.example", 421), ("x.lab.school.example", 421), ("labxschool.example", 421),
    ("lab.school.example:0", 421), ("lab.school.example:99999", 421), ("lab.school.example/x", 421), ("lab.school.example.", 421), ("192.0.2.7", 421),
]  # fmt: skip
BEHIND: list[tuple[str, str, bool]] = [
    ("lab.school.example", "https://lab.school.example", True), ("lab.school.example", "http://lab.school.example", True),
    ("lab.school.example:8443", "https://lab.school.example:8443", True), ("lab.school.example", "https://lab.school.example:8443", False),
    ("lab.school.example", "https://other.example:8443", False), ("lab.school.example", "https://evil.example", False), ("lab.school.example", "null", False),
    ("127.0.0.1:8000", "https://127.0.0.1:8000", False), ("127.0.0.1:8000", "https://lab.school.example", False),
]  # fmt: skip


@pytest.fixture(scope="module")
def behind() -> Iterator[TestClient]:
    """A visitor of a server behind a proxy that speaks https."""
    with TestClient(create_app(ALLOWED), base_url=HOST) as made:
        yield made


@pytest.mark.parametrize(("host", "status"), NAMES)
def test_the_names_that_are_allowed_are_exact(behind: TestClient, host: str, status: int) -> None:
    assert behind.get("/health", headers={"host": host}).status_code == status


@pytest.mark.parametrize(("host", "origin", "allowed"), BEHIND)
def test_the_origins_that_may_act_through_a_proxy(behind: TestClient, host: str, origin: str, allowed: bool) -> None:
    """By HTTP and by WebSocket; under a name that was not allowed nothing is https because somebody says so."""
    headers = {"host": host, "origin": origin}
    made = behind.post("/api/sessions", json={}, headers=headers)
    assert made.status_code == (201 if allowed else 403)
    if not allowed:
        made = behind.post("/api/sessions", json={})
    stream = f"/api/sessions/{made.json()['id']}/stream"
    given = {**headers, "authorization": f"Bearer {made.json()['token']}"}
    if allowed:
        with behind.websocket_connect(stream, headers=given) as socket:
            assert socket.receive_json()
    else:
        with pytest.raises(WebSocketDenialResponse) as denial, behind.websocket_connect(stream, headers=given):
            pass
        assert denial.value.status_code == 403


@pytest.mark.parametrize(("host", "secure"), [("lab.school.example", True), ("127.0.0.1:8000", False)])
def test_a_proxy_is_believed_under_its_name_alone(behind: TestClient, host: str, secure: bool) -> None:
    """Its visitors' cookies are for https; and the measures, which are for this machine, are not for them."""
    headers = {"host": host, "x-forwarded-proto": "https"}
    behind.cookies.clear()
    given = behind.get("/api/sessions", headers=headers).headers["set-cookie"]
    assert ("secure" in given.lower()) is secure
    assert behind.get("/metrics", headers=headers).status_code == (404 if secure else 200)


@pytest.mark.parametrize(("method", "path"), METHODS)
@pytest.mark.parametrize(("headers", "allowed"), ORIGINS)
def test_the_origins_that_may_act(client: TestClient, at: str, headers: dict[str, str], allowed: bool, method: str, path: str) -> None:
    body = {} if method == "DELETE" else {"json": {}}
    answer = client.request(method, f"{at}/{path}", headers=headers, **body)
    assert answer.status_code == (200 if allowed else 403)


@pytest.mark.parametrize(("headers", "allowed"), ORIGINS)
def test_the_origins_that_may_listen(client: TestClient, at: str, headers: dict[str, str], allowed: bool) -> None:
    address = f"ws://127.0.0.1:8000{at}/stream"
    if allowed:
        with client.websocket_connect(address, headers=headers) as socket:
            assert "state" in socket.receive_json()
        return
    with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect(address, headers=headers):
        pass
    assert refused.value.status_code == 403 and refused.value.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("kind", "status"), [("application/json", 201), ("application/json; charset=utf-8", 201), ("text/plain", 415), ("", 415), ("text/csv", 415)]
)
def test_a_body_says_what_it_is(client: TestClient, kind: str, status: int) -> None:
    assert client.post("/api/sessions", content=b"{}", headers={"content-type": kind}).status_code == status


@pytest.mark.parametrize(("method", "path"), sorted(set(routes(create_app(Settings())))))
def test_no_route_is_open_by_accident(client: TestClient, session: dict[str, Any], method: str, path: str) -> None:
    """Every route is either in the list of open ones, or answers 404 to who has no credentials; and each answer has the security headers."""
    client.cookies.clear()
    address = path.replace(":path", "").format(session_id=session["id"], node=0, name="x", number=1, sweep_id="x", path="x")
    if method == "WS":
        with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect(f"ws://127.0.0.1:8000{address}"):
            pass
        answer: Any = refused.value
    else:
        answer = client.request(method, address, **({} if method in ("GET", "HEAD", "DELETE") else {"json": body(path)}))
    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    if path not in OPEN and not path.startswith("/vendor/plotly-"):
        assert ("{session_id}" in path or "{sweep_id}" in path) and answer.status_code == 404
        assert "server" not in answer.headers


def body(path: str) -> dict[str, Any]:
    """A body that would be accepted."""
    bodies = {"parameters": {"parameters": {"0.W[0,0]": 1}}, "position": {"update": 0}, "branch": {"id": 1}, "{number}": {"name": "x"}}
    return next((content for end, content in bodies.items() if path.endswith(f"/{end}")), {})

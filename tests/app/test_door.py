"""The class word: without it there is one page with one field; with it a cookie; and no way to try many."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.door import ADDRESSES, FREE, PAGES, Guesses
from app.ledger import Ledger
from app.main import create_app
from app.roster import Learner
from app.settings import ROOT, Limits, Settings
from tests.app.conftest import HEADERS, HOST, process
from tests.app.test_guard import routes

WORD = "blaue Gänseblümchen"
FORM = "application/x-www-form-urlencoded"
Answer = tuple[int, dict[str, str], bytes]


def ask(address: str, method: str, path: str, content: Any = None, **headers: str) -> Answer:
    """One request to a real server, and no redirect followed."""
    line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    kind = {} if content is None else {"content-type": FORM if isinstance(content, str) else "application/json"}
    sent = content.encode() if isinstance(content, str) else None if content is None else json.dumps(content).encode()
    line.request(method, path, sent, {**kind, **{name: value.encode() for name, value in headers.items()}})
    answer = line.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    line.close()
    return found


def given(address: str, word: str, path: str = "/") -> Answer:
    """What the page's form is answered with."""
    return ask(address, "POST", path, urlencode({"word": word}))


def cookie(address: str, word: str = WORD) -> str:
    """The cookie that the right word is answered with."""
    status, headers, _ = given(address, word)
    assert status == 303
    return headers["set-cookie"].split(";")[0]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server with a class word, which a file holds."""
    file = tmp_path_factory.mktemp("class") / "word"
    file.write_text(f"{WORD}\n", "utf-8")
    with process("--data", "none", "--class-token-file", str(file)) as (_, address):
        yield address


def test_who_has_no_word_sees_one_page_with_one_field(door: str) -> None:
    for path in PAGES:
        status, headers, page = ask(door, "GET", path)
        assert (status, headers["www-authenticate"], headers["cache-control"]) == (401, "Bearer", "no-store")
        assert page.count(b"<input") == 1 and b"<script" not in page and b'role="alert"' not in page and "set-cookie" not in headers
        assert all(headers[name] == value for name, value in HEADERS.items())
    assert ask(door, "GET", "/health")[0] == 200
    for address in (each.split(b'"')[0].decode() for each in page.split(b'href="')[1:]):
        assert ask(door, "GET", address)[0] == 200


def test_a_right_word_is_answered_with_a_cookie_that_opens_everything(door: str) -> None:
    status, headers, _ = given(door, f" {WORD} ", "/laboratory")
    assert (status, headers["location"]) == (303, "/laboratory")
    kept = headers["set-cookie"]
    assert kept.startswith("class=") and "HttpOnly" in kept and "samesite=lax" in kept.lower() and "Gänse" not in kept
    mine = kept.split(";")[0]
    assert b'id="stage"' in ask(door, "GET", "/", cookie=mine)[2]
    status, headers, made = ask(door, "POST", "/api/sessions", {}, cookie=mine)
    assert status == 201
    both = f"{mine}; {headers['set-cookie'].split(';')[0]}"
    at = f"/api/sessions/{json.loads(made)['id']}"
    assert ask(door, "POST", f"{at}/step", {}, cookie=both)[0] == 200
    with connect(f"{door.replace('http', 'ws', 1)}{at}/stream", additional_headers={"cookie": both}) as stream:
        assert "state" in json.loads(stream.recv())
    assert ask(door, "POST", f"{at}/step", {}, cookie=both.split("; ")[1])[0] == 401


def test_a_script_says_the_word_and_then_the_token_of_its_session(door: str) -> None:
    """The token opens its own session, and neither another one nor anything else."""
    status, _, made = ask(door, "POST", "/api/sessions", {}, authorization=f"Bearer {WORD}")
    assert status == 201
    other = json.loads(ask(door, "POST", "/api/sessions", {}, authorization=f"Bearer {WORD}")[2])
    session = json.loads(made)
    bearer = {"authorization": f"Bearer {session['token']}"}
    assert ask(door, "POST", f"/api/sessions/{session['id']}/step", {}, **bearer)[0] == 200
    with connect(f"{door.replace('http', 'ws', 1)}/api/sessions/{session['id']}/stream", additional_headers=bearer) as stream:
        assert "state" in json.loads(stream.recv())
    for path in (f"/api/sessions/{other['id']}", "/api/sessions", "/api/presets", "/metrics", f"/api/sessions/{session['id']}x"):
        status, headers, said = ask(door, "GET", path, **bearer)
        assert (status, headers["content-type"], headers["www-authenticate"]) == (401, "application/problem+json", "Bearer")
        assert "Authorization: Bearer" in json.loads(said)["detail"]
    with pytest.raises(InvalidStatus) as refused, connect(f"{door.replace('http', 'ws', 1)}/api/sessions/{other['id']}/stream", additional_headers=bearer):
        pass
    assert refused.value.response.status_code == 401


@pytest.mark.parametrize("settings", [Settings(class_word=WORD), Settings(roster=(Learner("Ana", WORD),))], ids=["word", "roster"])
def test_no_route_leads_past_the_door(settings: Settings) -> None:
    """HTTP and WebSocket alike, each method of each address, but what the page with the field needs."""
    app = create_app(settings)
    client = TestClient(app, base_url=HOST, headers={"cookie": f"class=x; visitor={'x' * 32}"})
    shut = 0
    for method, path in sorted(set(routes(app))):
        address = path.replace(":path", "").format(session_id="x" * 22, node=0, name="x", number=1, sweep_id="x", path="x")
        if method == "WS":
            with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect(f"ws://127.0.0.1:8000{address}"):
                pass
            assert denied.value.status_code == 401
        elif not address.startswith(FREE):
            content = "text/csv" if path == "/api/tables" else "application/json"
            kind = {} if method in ("GET", "HEAD", "DELETE") else {"content": b"{}", "headers": {"content-type": content}}
            answer = client.request(method, address, **kind)
            assert answer.status_code == 401 and all(answer.headers[name] == value for name, value in HEADERS.items()), (method, path, answer.text)
            shut += 1
    assert shut > 60


def test_wrong_words_are_counted_and_a_cookie_is_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many, from a form or a header, even the right one waits; who is inside does not notice."""
    monkeypatch.setenv("BACKPROP_LAB_GUESSES", "4")
    monkeypatch.setenv("BACKPROP_LAB_CLASS_TOKEN", WORD)
    with process("--data", "none") as (_, address):
        mine = cookie(address)
        for _ in range(6):
            assert ask(address, "GET", "/api/presets", cookie="class=0")[0] == 401
        status, headers, page = given(address, "<b>wrong</b> word")
        assert status == 401 and b"That is not the class word." in page and b"wrong" not in page and headers["cache-control"] == "no-store"
        assert given(address, "")[0] == ask(address, "POST", "/", "&" * 10)[0] == ask(address, "GET", "/api/presets", authorization="Bearer guess")[0] == 401
        for answer in (given(address, WORD), ask(address, "GET", "/api/presets", authorization=f"Bearer {WORD}")):
            assert answer[0] == 429 and 0 < int(answer[1]["retry-after"]) <= 60 and b"Too many wrong class words" in answer[2]
        assert ask(address, "GET", "/api/presets", cookie=mine)[0] == 200


def test_guesses_are_forgotten_after_a_minute_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("app.door.monotonic", lambda: now)
    guesses = Guesses(2)
    guesses.note("a")
    now = 130.0
    guesses.note("a")
    assert (guesses.wait("a"), guesses.wait("b")) == (30, 0)
    now = 160.5
    assert guesses.wait("a") == 0
    for number in range(2 * ADDRESSES):
        guesses.note(str(number))
    assert len(guesses._times) == ADDRESSES


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (urlencode({"word": WORD}), {"origin": "http://evil.example"}, 403),
        (urlencode({"word": WORD}), {"sec-fetch-site": "cross-site"}, 403),
        (urlencode({"word": WORD, "more": "x" * 1000}), {}, 413),
        ("&".join(f"a{number}=1" for number in range(9)), {}, 401),
        ({"word": WORD}, {}, 415),
        ("word=%ff%00%ed%a0%80", {}, 401),
    ],
)
def test_the_form_is_guarded_as_everything_is(door: str, content: Any, headers: dict[str, str], status: int) -> None:
    assert ask(door, "POST", "/", content, **headers)[0] == status


def test_another_word_shuts_out_who_had_the_old_one(tmp_path: Path) -> None:
    """A restart with the same word does not."""
    mine = ""
    for word, status in ((WORD, 200), (WORD, 200), ("another word", 401)):
        with TestClient(create_app(Settings(class_word=word), Ledger(tmp_path, Limits().kept)), base_url=HOST) as client:
            mine = mine or client.post("/", data={"word": WORD}, follow_redirects=False).headers["set-cookie"].split(";")[0]
            assert client.get("/api/presets", headers={"cookie": mine}).status_code == status


def test_a_class_word_lets_other_machines_in_without_a_warning() -> None:
    """And `--open` beside it leaves the door shut; the word is in nothing that the server says."""
    with process("--host", "0.0.0.0", "--open", "--data", "none", "--class-token", WORD) as (server, address):
        assert ask(address, "GET", "/api/presets", host=f"192.0.2.7:{address.rsplit(':', 1)[1]}")[0] == 401
        server.terminate()
        assert server.wait(timeout=10) == 0
        assert server.stdout and server.stderr
        said = server.stdout.read(), server.stderr.read()
    assert "asked for the class word" in said[0] and said[1] == "" and "Gänse" not in said[0]
    assert WORD not in repr(Settings(class_word=WORD))


@pytest.mark.parametrize(
    ("options", "variables", "words"),
    [
        (["--class-token", "short"], {}, "8 to 128"),
        (["--class-token", "two\nlines of it"], {}, "on one line"),
        (["--class-token-file", "there/is/none"], {}, "No such file"),
        (["--class-token", WORD, "--class-token-file", "x"], {}, "give one of them"),
        ([], {"BACKPROP_LAB_CLASS_TOKEN": ""}, "8 to 128"),
        ([], {"BACKPROP_LAB_CLASS_TOKEN_FILE": ""}, "cannot be read"),
    ],
)
def test_a_word_that_is_none_is_refused_in_words(options: list[str], variables: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than that a server is open by accident."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-m", "app", "--host", "0.0.0.0", "--open", "--port", "0", "--no-browser", *options]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert answer.returncode == 1 and words in answer.stderr and answer.stderr.count("\n") == 1 and answer.stdout == ""


def test_a_limit_says_how_many_guesses() -> None:
    assert any(each["name"] == "guesses" and each["limit"] == Limits().guesses for each in Limits().json())

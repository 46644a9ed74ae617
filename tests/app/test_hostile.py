"""Mischief over HTTP and WebSocket against a real server: refused in the right words, or harmless; no session is touched, and the server is well.

What stands for what: MINE is a session of the mischievous visitor's own, VICTIM is somebody else's, HOST is the server.
"""

import csv
import io
import json
import urllib.request
from collections.abc import Iterator

import pytest

from app.settings import Limits
from tests.app.conftest import HEADERS, process
from tests.app.hostile import BINARY, CLOSE, PING, TEXT, Attack, Owned, Scene, after, chunked, create, frame, get, head, post, raw, send, stream, upload

NOBODY = "There is no session of that id, or it is not yours"
FILE = "There is no file of that name."
HALF = "Text of whole characters is expected here"
IMG = "<img src=x onerror=alert(1)>"
FORMULA = "=cmd|' /C calc'!A0"
LONG_UPDATE = {
    "data": {"kind": "moons", "rows": 2000}, "batch_size": 1000, "gradient": {"kind": "weight_perturbation", "directions": 64},
    "layers": [{"kind": "linear", "units": n} for n in (400, 400, 1)],
}  # fmt: skip
JSON = "content-type: application/json\r\n"
CHUNKED = "transfer-encoding: chunked\r\n\r\n"
SMUGGLED = "DELETE VICTIM HTTP/1.1\r\nhost: HOST\r\n\r\n"
METHOD = "This address does not take"
NONE = "This is not a request of HTTP/1.1"
SITE = "Another site may not act on this one."
NAME = "This server does not answer to that name."
LONG = f"The address and the headers of a request may have {Limits().headers:,} bytes together."
EMPTY = "There is nothing at this address."


def named(names: list[str], classes: list[str]) -> str:
    """A description with a table of these names."""
    data = {"kind": "table", "inputs": [[0, 1], [1, 0]], "targets": [[0], [1]], "names": names, "class_names": classes}
    return json.dumps({"data": data, "layers": [{"kind": "linear", "units": 1}]})


def nested(depth: int) -> str:
    """A residual layer in a residual layer, and so on."""
    inner: object = {"kind": "tanh"}
    for _ in range(depth):
        inner = {"kind": "residual", "layers": [inner]}
    return json.dumps({"layers": [inner, {"kind": "linear", "units": 1}]})


TABLE: list[tuple[str, Attack, int, str]] = [
    # numbers and structures in JSON
    ("NaN", create('{"seed": NaN}'), 422, "seed: This should be a finite number, and nan came"),
    ("Infinity", send("PATCH", "MINE/settings", '{"l1": Infinity}'), 422, "l1: "),
    ("1e999", create('{"seed": 1e999}'), 422, "seed: "),
    ("-1e999 as a weight", send("PATCH", "MINE/parameters", '{"parameters": {"0.W[0,0]": -1e999}}'), 422, "0.W"),
    ("an integer of 5,000 digits", post("MINE/step", '{"count": 1' + "0" * 5000 + "}"), 400, "The body could not be read as JSON."),
    ("an integer of 400 digits", send("PUT", "MINE/position", '{"update": 1' + "0" * 400 + "}"), 422, "update: This should be at most 2,147,483,648"),
    ("an integer beyond 64 bits", post("MINE/step", '{"count": 18446744073709551616}'), 422, "count: "),
    ("a lone surrogate in a name", create(named(["\ud800", "b"], ["no", "yes"])), 422, f"data.names.0: {HALF}"),
    ("a lone surrogate as a field", create('{"\\ud800": 1}'), 422, HALF),
    ("a lone surrogate among numbers", create('{"data": {"kind": "table", "inputs": [["\\ud800"]], "targets": [[1]]}}'), 422, "is the text “?”"),
    ("a lone surrogate for an activation", post("/api/laboratory", '{"pathology": {"activation": "\\ud800"}}'), 422, "There is no activation “?” here"),
    ("lists 100,000 deep", create("[" * 100_000), 400, "The body could not be read as JSON."),
    ("objects 100,000 deep", create('{"a":' * 100_000), 400, "The body could not be read as JSON."),
    ("layers 40 deep", create(nested(40)), 422, "layers"),
    ("a field of JavaScript's", create('{"__proto__": {"seed": 1}}'), 422, "__proto__: There is no field of this name here"),
    ("true for a number", create('{"seed": true}'), 422, "seed: A whole number is expected here"),
    ("text for a number", send("PATCH", "MINE/parameters", '{"parameters": {"0.W[0,0]": "1.5"}}'), 422, "0.W[0,0] takes numbers"),
    ("bytes that are no UTF-8", create(b'{"task": "\xff\xfe"}'), 400, "The body could not be read as JSON."),
    ("a NUL", create(b'{"seed": 1}\0'), 422, "The body is not JSON: Extra data"),
    ("nothing but spaces", create(" " * 1000), 422, "The body is not JSON: Expecting value"),
    ("a name that turns round", post("MINE/branches", '{"name": "a\\u202eb"}'), 422, "name: A name has 1 to 40 letters"),
    ("a billion examples", create('{"data": {"kind": "moons", "rows": 1000000000}}'), 422, "data.rows: This should be at most 10,000"),
    ("300 layers", create(json.dumps({"layers": [{"kind": "linear"}] * 300})), 422, "layers: At most 256 entries"),
    ("a layer too wide", create(json.dumps({"layers": [{"kind": "linear", "units": n} for n in (2000, 1)]})), 413, "The units of a layer would be 2,000"),
    ("an update that takes too long", create(json.dumps(LONG_UPDATE)), 413, "The milliseconds that one update is predicted to take would be"),
    # sizes
    ("50 MB, as it says", create(b"", content_length="52428800"), 413, "The body would have 52,428,800 bytes, and 6,000,000 are allowed."),
    ("50 MB, in chunks", chunked("/api/sessions", *[b" " * 2**20] * 50), 413, "The body has more than the 6,000,000 bytes that are allowed."),
    ("2 MB for a step", chunked("MINE/step", b" " * 2**20, b" " * 2**20), 413, "The body has more than the 1,000,000 bytes"),
    ("a huge chunk", raw(head("POST", "MINE/step", {"transfer_encoding": "chunked"}), "FFFFFFFFFFFFFFFFFF\r\n"), 400, NONE),
    ("a long header", get("/", x="a" * 40_000), 431, LONG),
    ("an endless header", raw("GET / HTTP/1.1\r\nhost: HOST\r\nx: " + "a" * 300_000), 431, LONG),
    ("20,000 headers", raw("GET / HTTP/1.1\r\nhost: HOST\r\n" + "x: y\r\n" * 20_000 + "\r\n"), 431, LONG),
    ("a long address", get("/" + "a" * 40_000), 431, LONG),
    ("a long query", get("MINE/explain?target=" + "a" * 20_000), 422, "target: "),
    # slowness
    ("a slow header", raw("G", "E", "T", " ", "/", " ", "H", "T", "T", "P"), 408, "The headers did not arrive within 1 seconds."),
    ("headers without an end", raw("GET / HTTP/1.1\r\nhost: HOST\r\nx:", *"aaaaaaaaaa"), 408, "The headers did not arrive within 1 seconds."),
    ("silence", raw(), 0, ""),
    ("a slow body", post("MINE/step", b"{", content_length="100"), 408, "The body did not arrive within 1 seconds."),
    ("a slow chunk", raw(head("POST", "MINE/step", {"transfer_encoding": "chunked"}), "5\r\n{", *"  "), 408, "The body did not arrive within 1 seconds."),
    # names of the server
    ("an evil Host", get("/health", host="evil.example"), 421, NAME),
    ("a Host with ours as its beginning", get("/health", host="127.0.0.1.evil.example"), 421, NAME),
    ("a Host with somebody before it", get("/health", host="evil@127.0.0.1"), 421, NAME),
    ("a Host with an address behind it", get("/health", host="127.0.0.1/x"), 421, NAME),
    ("a Host as one number", get("/health", host="2130706433"), 421, NAME),
    ("two Hosts", raw("GET /health HTTP/1.1\r\nhost: HOST\r\nhost: evil.example\r\n\r\n"), 400, "A request needs exactly one Host."),
    ("no Host", raw("GET /health HTTP/1.0\r\n\r\n"), 400, "A request needs exactly one Host."),
    ("an evil Host on a stream", stream(host="evil.example"), 421, NAME),
    # origins
    ("an evil Origin", post("MINE/step", "{}", origin="http://evil.example"), 403, SITE),
    ("an Origin with ours as its beginning", post("MINE/step", "{}", origin="http://HOST.evil.example"), 403, SITE),
    ("the Origin null", post("MINE/step", "{}", origin="null"), 403, SITE),
    ("an Origin with another scheme", post("MINE/step", "{}", origin="https://HOST"), 403, SITE),
    ("an Origin at another port", send("DELETE", "MINE", "", origin="http://127.0.0.1:1"), 403, SITE),
    ("two Origins", raw(f"DELETE MINE HTTP/1.1\r\nhost: HOST\r\norigin: http://HOST\r\norigin: null\r\n{JSON}\r\n"), 403, SITE),
    ("a form on another site", post("MINE/step", "{}", sec_fetch_site="cross-site", sec_fetch_mode="no-cors"), 403, SITE),
    ("a stream for an evil Origin", stream(origin="http://evil.example"), 403, SITE),
    ("a stream for an Origin with ours as its beginning", stream(origin="http://HOST.evil.example"), 403, SITE),
    ("a stream for the Origin null", stream(origin="null"), 403, SITE),
    ("another site asks", send("OPTIONS", "MINE", "", origin="http://evil.example", access_control_request_method="DELETE"), 405, f"{METHOD} OPTIONS."),
    # kinds of bodies
    ("JSON as plain text", post("MINE/step", "{}", content_type="text/plain"), 415, "The body must be application/json"),
    ("a form", post("MINE/step", "unit=op", content_type="application/x-www-form-urlencoded"), 415, "The body must be application/json"),
    ("a form in parts", post("/api/tables", "--a--", content_type="multipart/form-data; boundary=a"), 415, "The body must be text/csv"),
    ("no kind at all", post("MINE/step", "{}", content_type=""), 415, "The body must be application/json"),
    ("a body that is packed", create(b"\x1f\x8b\x08\0", content_encoding="gzip"), 400, "The body could not be read as JSON."),
    ("a method in disguise", post("VICTIM", "{}", x_http_method_override="DELETE"), 405, f"{METHOD} POST."),
    ("TRACE", raw(head("TRACE", "/", {})), 405, f"{METHOD} TRACE."),
    ("CONNECT", raw("CONNECT evil.example:443 HTTP/1.1\r\nhost: HOST\r\n\r\n"), 400, NONE),
    ("a request for another server", raw("GET http://evil.example/health HTTP/1.1\r\nhost: HOST\r\n\r\n"), 400, NONE),
    # one request that hides another
    ("a length and chunks", raw(f"POST MINE/step HTTP/1.1\r\nhost: HOST\r\n{JSON}content-length: 4\r\n{CHUNKED}0\r\n\r\n", SMUGGLED), 400, NONE),
    ("two lengths", raw(f"POST MINE/step HTTP/1.1\r\nhost: HOST\r\n{JSON}content-length: 0\r\ncontent-length: 40\r\n\r\n", SMUGGLED), 400, NONE),
    ("a negative length", create("{}", content_length="-1"), 400, NONE),
    ("a length with a sign", create("{}", content_length="+2"), 400, NONE),
    ("chunks under another name", raw(f"POST MINE/step HTTP/1.1\r\nhost: HOST\r\n{JSON}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n", SMUGGLED), 400, NONE),
    ("a chunk of negative length", raw(head("POST", "MINE/step", {"transfer_encoding": "chunked"}), "-1\r\n"), 400, NONE),
    ("a space before the colon", raw("GET /health HTTP/1.1\r\nhost : HOST\r\n\r\n"), 400, NONE),
    ("a header that goes on", raw("GET /health HTTP/1.1\r\nhost: HOST\r\nx: a\r\n b\r\n\r\n"), 400, NONE),
    ("a NUL in a header", raw("GET /health HTTP/1.1\r\nhost: HOST\r\nx: a\0b\r\n\r\n"), 400, NONE),
    ("lines that end alone", raw("GET /health HTTP/1.1\nhost: HOST\n\n"), 400, NONE),
    ("nonsense", raw("nonsense\r\n\r\n"), 400, NONE),
    ("TLS", raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50)), 400, NONE),
    ("HTTP/2", raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400, NONE),
    # paths
    ("up from the static files", get("/static/../app/main.py"), 404, FILE),
    ("up in disguise", get("/static/%2e%2e/%2e%2e/etc/passwd"), 404, FILE),
    ("up in double disguise", get("/static/%252e%252e%252fapp/main.py"), 404, FILE),
    ("up with backslashes", get("/static/..%5c..%5capp%5cmain.py"), 404, FILE),
    ("an absolute path", get("/static//etc/passwd"), 404, FILE),
    ("a NUL in a path", get("/static/js/main.js%00.png"), 404, FILE),
    ("up from the lessons", get("/api/lessons/..%2f..%2fREADME"), 404, EMPTY),
    ("up from the fonts", get("/fonts/..%2f..%2fREADME.md"), 404, EMPTY),
    ("a session that is a path", get("/api/sessions/..%2f..%2fetc"), 404, EMPTY),
    ("a line break in a path", get("/api/sessions/x%0d%0aset-cookie:%20a=b"), 404, NOBODY),
    ("two slashes", get("//evil.example/%2f.."), 404, EMPTY),
    # somebody else's session
    ("reading it", get("VICTIM"), 404, NOBODY),
    ("its numbers", get("VICTIM/parameters"), 404, NOBODY),
    ("its file", get("VICTIM/export?format=csv"), 404, NOBODY),
    ("its events", get("VICTIM/events"), 404, NOBODY),
    ("a step of it", post("VICTIM/step", '{"count": 1}'), 404, NOBODY),
    ("its weights", send("PATCH", "VICTIM/parameters", '{"parameters": {"0.W[0,0]": 9}}'), 404, NOBODY),
    ("training it", send("PUT", "VICTIM/run", "{}"), 404, NOBODY),
    ("a branch of it", post("VICTIM/branches", "{}"), 404, NOBODY),
    ("its end", send("DELETE", "VICTIM", ""), 404, NOBODY),
    ("its stream", stream(path="VICTIM/stream"), 404, NOBODY),
    ("its stream with a guess", stream(path="VICTIM/stream", authorization="", sec_websocket_protocol="bearer.guess"), 404, NOBODY),
    ("a guess at the cookie", get("VICTIM", authorization="", cookie="visitor=" + "A" * 32), 404, NOBODY),
    ("no token", get("VICTIM", authorization="Bearer "), 404, NOBODY),
    ("the token in the address", get("MINE?token=TOKEN", authorization=""), 422, "token: this call has no parameter of this name"),
    # frames
    ("a message too long", stream(frame(TEXT, b"x" * (Limits().message + 1))), 1009, ""),
    ("a message that says it is 1 TB", stream(frame(TEXT, b"x", length=2**40)), 1009, ""),
    ("a message too long in pieces", stream(frame(TEXT, b"x" * 60_000, flags=0), frame(0, b"x" * 60_000)), 1009, ""),
    ("a compressed frame", stream(frame(TEXT, b"\xaa" * 100, flags=0xC0), sec_websocket_extensions="permessage-deflate"), 1002, ""),
    ("a frame without a mask", stream(frame(TEXT, b"{}", masked=False)), 1002, ""),
    ("a kind of frame that is none", stream(frame(5, b"")), 1002, ""),
    ("a ping too long", stream(frame(PING, b"x" * 126)), 1002, ""),
    ("text that is no UTF-8", stream(frame(TEXT, b"\xff")), 1007, ""),
    ("a goodbye with half a code", stream(frame(CLOSE, b"\x03")), 1002, ""),
    ("bytes", stream(frame(BINARY, b"\0" * 9)), 101, "Send {"),
    ("a message 30,000 deep", stream(frame(TEXT, b"[" * 30_000)), 101, "Send {"),
    ("NaN as an example", stream(frame(TEXT, b'{"focus": NaN}')), 101, "Send {"),
    ("an example of 5,000 digits", stream(frame(TEXT, b'{"focus": ' + b"9" * 5000 + b"}")), 101, "Send {"),
    ("an example that is not there", stream(frame(TEXT, b'{"focus": 999999999999999999999}')), 101, "There is no example called 999999999999999999999"),
    ("an example before the first", stream(frame(TEXT, b'{"focus": -1}')), 101, "There is no example called -1"),
    ("a field that is none", stream(path="MINE/stream?fields=secrets"), 422, "fields takes each of"),
    # tables
    ("a cell that is too long", upload("a,b\n" + "x" * 70_000 + ",1\n"), 422, "has 70000 characters, and the limit is 64"),
    ("a quote without an end", upload('a,b\n"1,2\n' + "3,4\n" * 50), 422, "Row 2 has a quotation mark that is not closed"),
    ("a NUL in a table", upload("a,b\n1,\0\n"), 422, "holds a character that is not text"),
    ("a table that is no text", upload(b"\xff\xd8\xff"), 422, "This file is not UTF-8 text"),
    ("10,000 columns", upload(",".join(map(str, range(10_000))) + "\n"), 422, "The table has 10,000 columns, and the limit is 64"),
    ("infinity in a table", upload("a,b\n1,0\n1e999,1\n"), 422, "is 1e999; numbers up to 1e+30 are taken"),
    # text that is data, and stays it
    ("HTML as names", create(named([IMG, "b"], ["</script>" + IMG, "yes"])), 201, IMG),
    ("HTML as a branch", after(post("MINE/branches", json.dumps({"name": IMG})), get("MINE/branches")), 200, IMG),
    ("HTML in a table", upload(f"a,{IMG}\n0,{IMG}\n1,yes\n"), 200, IMG),
    ("HTML in a formula", post("/api/formulas", json.dumps({"formula": f"loss = {IMG}"})), 200, "this cannot be read as a formula"),
    ("HTML as a target", get("MINE/explain?target=%3Cimg%20src=x%3E"), 404, "There is no target called <img src=x>"),
    ("a program in a formula", post("/api/formulas", '{"formula": "loss = __import__(\'os\').system(\'id\')"}'), 200, "is outside the language of formulas"),
    ("a spreadsheet's formula as a name", create(named([FORMULA, "@b"], ["+1", "-1"])), 201, FORMULA),
]  # fmt: skip


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """A server of little patience. At its end, it has not said that anything went wrong in it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BACKPROP_LAB_HEADER_SECONDS", "1")
        environment.setenv("BACKPROP_LAB_BODY_SECONDS", "1")
        with process() as (server, address):
            yield Scene(address.removeprefix("http://"), made(address), made(address))
            server.terminate()
            assert server.wait(timeout=10) == 0
            assert server.stderr and "Traceback" not in server.stderr.read()


def made(address: str) -> Owned:
    """A session of a visitor of its own, a few updates on."""
    request = urllib.request.Request(f"{address}/api/sessions", b"{}", {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        told = json.loads(answer.read())
    return Owned(f"/api/sessions/{told['id']}", told["token"])


def digest(scene: Scene, owned: Owned) -> str:
    """All of a session's parameters, as its owner gets them."""
    answer = get(f"{owned.at}/parameters", authorization=f"Bearer {owned.token}")(scene)
    assert answer.status == 200
    return answer.text


@pytest.mark.parametrize(("attack", "status", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_mischief(scene: Scene, attack: Attack, status: int, words: str) -> None:
    before = digest(scene, scene.victim), digest(scene, scene.mine)
    answer = attack(scene)
    assert (answer.status, words in answer.said) == (status, True), answer
    if answer.headers:
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert answer.headers["content-type"] == ("application/problem+json" if status >= 400 else "application/json")
    assert (digest(scene, scene.victim), digest(scene, scene.mine)) == before
    assert get("/health", authorization="")(scene).status == 200


def test_no_cell_of_a_file_is_a_formula(scene: Scene) -> None:
    """Whatever the columns and classes are called, a spreadsheet that opens an export finds names of ours and numbers."""
    session = json.loads(create(named([FORMULA, "@b"], ["+1", "-1"]))(scene).text)
    at, bearer = f"/api/sessions/{session['id']}", f"Bearer {session['token']}"
    assert post(f"{at}/step", "{}", authorization=bearer)(scene).status == 200
    for what in ("parameters", "gradients", "update", "start"):
        answer = get(f"{at}/export?format=csv&what={what}", authorization=bearer)(scene)
        assert answer.headers["content-disposition"] == f'attachment; filename="{what}.csv"'
        for name, index, value in list(csv.reader(io.StringIO(answer.text)))[1:]:
            assert name[0].isalnum() and index.replace(" ", "").isdigit() and float(value) is not None

"""What the page loads comes from here, is kept by the browser for ever, and changes its address when it changes."""

import ast
import gzip
import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app import assets, guard


def test_every_file_that_the_page_names_is_there(client: TestClient) -> None:
    page = client.get("/").text
    named = re.findall(r'(?:href|src)="(/[^"#]+)"', page)
    assert len(named) > 10
    for address in {address for address in named if address != "/docs"}:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["cache-control"], address
    assert not re.search(r"https?://|<style|<script>|\son\w+=", page)


def test_a_file_under_no_hash_or_an_old_one_is_asked_for_again(client: TestClient) -> None:
    for address in ("/static/js/main.js", "/static/0123456789abcdef/js/main.js"):
        answer = client.get(address)
        assert answer.status_code == 200 and answer.headers["cache-control"] == "no-cache"
        assert client.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    shelf = assets.Shelf(tmp_path, look=0)
    (tmp_path / "a.js").write_text("1")
    first = shelf.address("a.js")
    (tmp_path / "a.js").write_text("22")
    assert re.fullmatch(r"/static/[0-9a-f]{16}/a\.js", first) and shelf.address("a.js") != first
    assert shelf.files["a.js"].content == gzip.decompress(shelf.files["a.js"].packed) == b"22"


def test_files_are_looked_at_once_in_a_while(tmp_path: Path) -> None:
    shelf = assets.Shelf(tmp_path, look=60)
    (tmp_path / "a.js").write_text("1")
    first = shelf.address("a.js")
    (tmp_path / "a.js").write_text("22")
    assert shelf.address("a.js") == first


@pytest.mark.parametrize("page, module", [("/", "js/main.js"), ("/laboratory", "js/laboratory.js")])
def test_a_page_names_every_module_that_it_imports(client: TestClient, page: str, module: str) -> None:
    """So that a slow line is waited for once and not once for each import on the way to the last; and it names no other."""
    named = re.findall(r'<link rel="modulepreload" href="/static/[0-9a-f]{16}/([^"]+)">', client.get(page).text)
    wanted, found = [module], set[str]()
    while wanted:
        path = wanted.pop()
        for target in re.findall(r'(?:from|import) "(\.[^"]+)"', (assets.SHELF.folder / path).read_text()):
            name = (assets.SHELF.folder / path).parent.joinpath(target).resolve().relative_to(assets.SHELF.folder).as_posix()
            if name not in found:
                found.add(name)
                wanted.append(name)
    assert set(named) == found and len(named) == len(found)


def test_our_own_files_are_sent_compressed(client: TestClient) -> None:
    address = assets.SHELF.address("js/main.js")
    packed, plain = (client.get(address, headers={"accept-encoding": each}) for each in ("gzip", "identity"))
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content == (assets.SHELF.folder / "js/main.js").read_bytes()
    assert packed.headers["vary"] == "accept-encoding" and packed.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/cli.py", "/static/%2e%2e/app/cli.py", "/static/..%2fapp/cli.py", "/static/0123456789abcdef/%2e%2e/%2e%2e/app/cli.py",
        "/static/%5c..%5capp/cli.py", "/fonts/..%2f..%2fapp%2fcli.py", "/static//etc/passwd", "/static/0123456789abcdef//etc/passwd",
    ],
)  # fmt: skip
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404 and answer.headers["content-type"] == "application/problem+json"


def test_the_charts_bundle_is_compressed_once(client: TestClient) -> None:
    packed = client.get(assets.PLOTLY, headers={"accept-encoding": "gzip"})
    plain = client.get(assets.PLOTLY, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content == gzip.decompress(assets.packed())
    assert packed.headers["vary"] == "accept-encoding" and "immutable" in packed.headers["cache-control"]


def test_the_policy_allows_the_one_style_sheet_that_the_bundle_inserts() -> None:
    """The hash in the policy is that of the text in the installed bundle."""
    source = gzip.decompress(assets.packed()).decode()
    literal = re.search(r"\.textContent=('\.maplibregl-map\{.*?[^\\]')", source)
    assert literal
    digest = hashlib.sha256(ast.literal_eval(literal[1]).encode()).digest()
    assert f"'sha256-{b64encode(digest).decode()}'" == guard.MAPLIBRE


def test_the_reference_shows_every_call_with_an_example_for_every_body(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    page = client.get("/docs").text
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            assert f"{method.upper()} {path}" in page
            assert call["description"] and "4XX" in call["responses"]
            for kind, content in call.get("requestBody", {}).get("content", {}).items():
                name = content["schema"].get("$ref", "").rsplit("/", 1)[-1]
                examples = [each["value"] for each in content.get("examples", {}).values()] or schema["components"]["schemas"].get(name, {}).get("examples", [])
                assert examples or content["example"], f"{method} {path} {kind}"

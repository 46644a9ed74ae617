"""The worksheet over HTTP: a page that needs nothing but itself, LaTeX that holds together, Markdown whose tables are whole."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.worksheet import md, tex
from engine import presets

SMALL = [preset["spec"] for preset in presets() if preset["name"] in ("two_moons", "worked_example", "iris", "xor")]
NASTY = "<script>alert(1)</script> & 50% of_x^2 {a}|b $c# ~ \\end{document} **d**"


def started(client: TestClient, spec: dict[str, Any]) -> str:
    """A session two updates on; its address."""
    at = f"/api/sessions/{client.post('/api/sessions', json=spec).json()['id']}"
    client.post(f"{at}/step", json={"unit": "batch", "count": 2})
    return at


def assert_tex(text: str) -> None:
    """What can be known of LaTeX without LaTeX: groups and environments nest, dollars pair, every row of a table has all its cells."""
    bare = re.sub(r"\\[\\{}$%&#_]", "", re.sub(r"(?<!\\)%.*", "", text))
    depth = 0
    for sign in bare:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0 and bare.count("$") % 2 == 0
    open_: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", text):
        assert kind == "begin" or open_.pop() == name
        open_ += [name] if kind == "begin" else []
    assert open_ == []
    for columns, body in re.findall(r"\\begin\{tabular\}\{\|l\|\*\{(\d+)\}\{c\|\}\}(.*?)\\end\{tabular\}", text, re.DOTALL):
        rows = [row for row in body.replace(r"\hline", "").split(r"\\") if row.strip()]
        assert rows and all(len(re.findall(r"(?<!\\)&", row)) == int(columns) for row in rows)


def assert_markdown(text: str) -> None:
    """Every table has as many cells in each row as in its head."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


@pytest.mark.parametrize("spec", SMALL, ids=lambda spec: spec["data"]["kind"])
@pytest.mark.parametrize("key", [True, False])
@pytest.mark.parametrize("form", ["html", "latex", "markdown"])
def test_each_form_holds_together(client: TestClient, spec: dict[str, Any], form: str, key: bool) -> None:
    answer = client.get(f"{started(client, spec)}/worksheet?form={form}&key={str(key).lower()}")
    assert answer.status_code == 200, answer.text
    assert ("Answer key" in answer.text) == key and "None" not in answer.text
    {"html": lambda _: None, "latex": assert_tex, "markdown": assert_markdown}[form](answer.text)


def test_the_page_needs_nothing_but_itself(client: TestClient) -> None:
    """No script, one style that the policy names by its hash, fonts of this server, and black on white."""
    answer = client.get(f"{started(client, SMALL[0])}/worksheet")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy and "script" not in policy
    assert "<script" not in answer.text and " style=" not in answer.text and "<link" not in answer.text
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?https?:|url\([\"']?https?:", answer.text)
    assert "color: #000" in answer.text and "background: #fff" in answer.text
    assert answer.headers["content-disposition"] == 'inline; filename="worksheet.html"'


def test_the_answers_are_in_the_key_alone(client: TestClient) -> None:
    """Every number of the key stands in no blank of the sheet; with nothing blank, the sheet says them itself."""
    at = started(client, SMALL[0])
    whole = client.get(f"{at}/worksheet?blanks=weights").text
    sheet, key = whole.split('aria-label="Answer key"')
    asked = re.findall(r'class="asked">([^<]*)</td>', key)
    assert len(asked) > 5 and all(asked)
    assert re.findall(r'class="asked">([^<]*)</td>', sheet) == [""] * len(asked)
    filled = client.get(f"{at}/worksheet?density=none&key=false").text
    assert all(f"<td>{answer}</td>" in filled for answer in asked)


def test_the_followed_example_is_worked_through(client: TestClient) -> None:
    at = started(client, SMALL[0])
    text = client.get(f"{at}/worksheet?example=5&digits=6").text
    loss = client.get(f"{at}/values/{client.get(f'{at}/graph').json()['loss']['each']}?example=5").json()["value"][0]
    assert "example 5" in text and f"{loss:.6g}" in text


def test_names_are_words_in_every_form(client: TestClient) -> None:
    """What somebody called a column cannot become a tag, a command or a mark."""
    table = {"kind": "table", "inputs": [[0.1, 0.2], [0.3, 0.4]], "targets": [[0.0], [1.0]], "names": [NASTY, "second"], "class_names": ["no", NASTY]}
    at = started(client, {"data": table, "layers": [{"kind": "linear", "units": 1}]})
    assert "<script" not in client.get(f"{at}/worksheet").text
    latex = client.get(f"{at}/worksheet?form=latex").text
    assert_tex(latex)
    assert latex.count(r"\end{document}") == 1
    assert_markdown(client.get(f"{at}/worksheet?form=markdown").text)


def test_words_are_escaped() -> None:
    assert tex("50% δ₁² a_b") == r"50\% $\delta$$_1$$^2$ a\_b"
    assert md("a*b_c|d") == r"a\*b\_c\|d"


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ("blanks=soup", 422, "can be left blank"),
        ("digits=1", 422, ""),
        ("form=word", 422, ""),
        ("density=most", 422, ""),
        ("example=9999", 404, "example"),
        ("colour=red", 422, ""),
    ],
)
def test_a_wrong_choice_is_refused_in_words(client: TestClient, query: str, status: int, says: str) -> None:
    answer = client.get(f"{started(client, SMALL[0])}/worksheet?{query}")
    assert answer.status_code == status, answer.text
    assert says in answer.json()["detail"]


def test_a_large_network_is_refused_with_the_limit(client: TestClient) -> None:
    large = next(preset["spec"] for preset in presets() if preset["name"] == "digits")
    answer = client.get(f"{started(client, large)}/worksheet")
    assert answer.status_code == 413 and "64" in answer.json()["detail"]
    assert any(entry["name"] == "worksheet" and "64" in entry["says"] for entry in client.get("/api/limits").json()["limits"])

"""The reference of the API: every example in it is one, every parameter has words, and what it says that a call answers is what the call answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.routes.pages import _answer, _examples
from engine import presets

SCHEMA: dict[str, Any] = create_app().openapi()
WORKED: dict[str, Any] = next(preset["spec"] for preset in presets() if preset["name"] == "worked_example")
AT = "/api/sessions/{session_id}"


def calls() -> Iterator[Any]:
    for path, methods in SCHEMA["paths"].items():
        for method, call in methods.items():
            yield pytest.param(method, path, call, id=f"{method} {path}")


@pytest.mark.parametrize(("method", "path", "call"), list(calls()))
def test_every_call_is_described(method: str, path: str, call: dict[str, Any]) -> None:
    assert call["description"].strip()
    assert [each["name"] for each in call.get("parameters", []) if each["in"] == "query" and not each.get("description")] == []
    if "requestBody" in call:
        assert _examples(SCHEMA, call), "a body needs an example"


@pytest.mark.parametrize(("method", "path", "call"), [case for case in calls() if "requestBody" in case.values[2]])
def test_every_example_of_a_body_is_taken(client: TestClient, method: str, path: str, call: dict[str, Any]) -> None:
    """By a session in the middle of its training; a thing that is not there is all that may be missing."""
    for example in _examples(SCHEMA, call):
        begun = client.post("/api/sessions", json={})
        assert begun.status_code == 201, begun.text
        made = begun.json()["id"]
        client.post(AT.format(session_id=made) + "/step", json={"unit": "epoch", "count": 11})
        kind = next(iter(call["requestBody"]["content"]))
        body = {"content": example, "headers": {"content-type": kind}} if isinstance(example, str) else {"json": example}
        answer = client.request(method, path.format(session_id=made, number=1, name="x"), **body)
        assert answer.status_code in (200, 201, 204, 404, 409), answer.text
        client.delete(AT.format(session_id=made))


VARYING = {"serial", "seconds", "slower", "pace"}
"""What differs from run to run: the count of the session's changes, and times."""


def without_nulls(answer: Any) -> Any:
    """An answer as a schema can show it: without what is null, and without what differs from run to run."""
    if isinstance(answer, list):
        return [without_nulls(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    return {name: without_nulls(value) for name, value in answer.items() if value is not None and name not in VARYING}


def test_the_answers_shown_are_those_that_come(client: TestClient) -> None:
    """Word for word and digit for digit, but for fields that are null, which a schema leaves out."""
    at = AT.format(session_id=client.post("/api/sessions", json=WORKED).json()["id"])
    shown = {path.removeprefix(AT): _answer(call) for path, methods in SCHEMA["paths"].items() for call in methods.values() if _answer(call)}
    for method, path, body in (("post", "/forward", {}), ("post", "/backward", {}), ("get", "/gradients", None), ("post", "/step", {"unit": "batch"})):
        if path == "/step":
            assert without_nulls(client.get(f"{at}/cost").json()) == without_nulls(shown.pop("/cost"))
        assert without_nulls(client.request(method, at + path, json=body).json()) == without_nulls(shown.pop(path))
    assert without_nulls(client.get(f"{at}/parameters").json()) == without_nulls(shown.pop("/parameters"))
    assert shown == {}


def test_the_page_of_it_needs_nothing_else(client: TestClient) -> None:
    """Every call stands on it, and it loads from this server alone."""
    page = client.get("/docs").text
    for path, methods in SCHEMA["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page
    assert "http://" not in page and "https://" not in page and "//" not in page.replace("<!--", "").split("</head>")[0]


def test_every_bound_has_the_name_that_a_reader_of_schemas_knows() -> None:
    """Not pydantic's own, which no client and no form would heed."""

    def keywords(schema: Any) -> Iterator[str]:
        if isinstance(schema, dict):
            yield from (name for name, value in schema.items() if isinstance(value, (int, float)))
        for each in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
            yield from keywords(each)

    assert SCHEMA["components"]["schemas"]["SessionSpec"]["properties"]["l1"]["maximum"] == 100
    assert {"ge", "gt", "le", "lt"}.isdisjoint(keywords(SCHEMA))

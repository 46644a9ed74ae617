"""Every limit is kept, with its number in the sentence; and what one part of the server takes, the next takes too."""

import random
import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.settings import ROOT, Limits
from tests.app.conftest import visiting

Answer = Any
READER = {
    "data": {"kind": "text"},
    "layers": [{"kind": "rnn", "returns": "sequence"}, {"kind": "linear", "units": 30}],
    "loss": {"kind": "categorical_cross_entropy_with_logits"},
}
LINEAR = {"kind": "linear", "units": 1}
TABLE = {"kind": "table", "inputs": [[0, 1], [1, 0], [1, 1]], "targets": [[0], [1], [1]]}


def build(client: TestClient, **spec: Any) -> Answer:
    return client.post("/api/sessions", json={"data": TABLE, "layers": [LINEAR], **spec})


def at(client: TestClient) -> str:
    return f"/api/sessions/{build(client).json()['id']}"


def stepped(client: TestClient) -> str:
    path = at(client)
    client.post(f"{path}/step", json={})
    return path


def upload(client: TestClient, text: str, **query: str) -> Answer:
    return client.post("/api/tables", params=query, content=text.encode(), headers={"content-type": "text/csv"})


OVER: dict[str, tuple[int, int, Callable[[TestClient], Answer]]] = {
    "layers": (2, 413, lambda client: build(client, layers=[LINEAR] * 3)),
    "units": (2, 413, lambda client: build(client, layers=[{"kind": "linear", "units": 3}, LINEAR])),
    "parameters": (4, 413, lambda client: build(client, layers=[LINEAR, LINEAR])),
    "values": (8, 413, lambda client: build(client)),
    "evaluated": (8, 413, lambda client: build(client, batch_size=1)),
    "update_milliseconds": (0, 413, lambda client: build(client)),
    "record_milliseconds": (0, 413, lambda client: build(client)),
    "rows": (2, 413, lambda client: build(client)),
    "batch": (2, 413, lambda client: build(client, batch_size=3)),
    "steps": (2, 413, lambda client: client.post(f"{at(client)}/step", json={"count": 3})),
    "resolution": (8, 413, lambda client: client.get(f"{at(client)}/surface?resolution=9")),
    "paths": (2, 413, lambda client: client.get(f"{stepped(client)}/explain/paths?target=parameter:0.W[0,0]&most=3")),
    "written": (2, 413, lambda client: client.get(f"/api/sessions/{client.post('/api/sessions', json=READER).json()['id']}/sample?length=3")),
    "links": (1, 413, lambda client: client.get(f"{stepped(client)}/explain/paths?target=parameter:0.W[0,0]")),
    "worksheet": (2, 413, lambda client: client.get(f"{stepped(client)}/worksheet")),
    "body": (20, 413, lambda client: client.post(f"{at(client)}/step", json={"unit": "batch", "count": 1})),
    "spec": (100, 413, lambda client: build(client)),
    "table": (20, 413, lambda client: upload(client, "a,b\n" + "1,2\n" * 5)),
    "sessions": (0, 429, lambda client: build(client)),
    "sessions_per_visitor": (0, 429, lambda client: build(client)),
    "numbers_in_all": (2, 429, lambda client: build(client)),
    "streams": (0, 429, lambda client: client.get(f"{at(client)}/events")),
    "waiting": (0, 429, lambda client: build(client)),
}  # fmt: skip


def test_every_limit_has_a_test() -> None:
    """Here, or where something else is set up with a limit of its own."""
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for name in {each.name for each in fields(Limits)} - set(OVER):
        assert re.search(rf"\({name}=|\W{name}\W: \d|Limits\(\)\.{name}\b|BACKPROP_LAB_{name.upper()}\b", sources), name


@pytest.mark.parametrize("name", OVER)
def test_what_is_over_a_limit_is_refused_with_its_number(name: str) -> None:
    """And what is not, is not: the same request passes under the limits as they are."""
    limit, status, ask = OVER[name]
    with visiting(**{name: limit}) as client:
        answer = ask(client)
        shown = next(each for each in client.get("/api/limits").json()["limits"] if each["name"] == name)
    assert answer.status_code == status, answer.text
    assert name in ("sessions", "numbers_in_all") or f"{limit:,}" in answer.json()["detail"]
    assert shown["limit"] == limit and f"{limit:,}" in shown["says"]
    if name != "streams":  # which would be listened to for ever
        with visiting() as client:
            assert ask(client).status_code < 300


def test_only_so_many_examples_are_listed() -> None:
    with visiting(examples=2) as client:
        assert len(client.get(f"{at(client)}/data?limit=3").json()["inputs"]) == 2


def categories(rows: int, columns: int) -> str:
    """Words in every column, as in tables of mushrooms."""
    rng = random.Random(1)
    return "\n".join(",".join(rng.choice("abcde") for _ in range(columns)) for _ in range(rows))


@pytest.mark.parametrize("text", [categories(8000, 23), "\n".join(f"{n / 7},{n / 3},{n % 2}" for n in range(10_000))], ids=["words", "numbers"])
def test_a_table_that_is_read_can_be_trained_on(client: TestClient, text: str) -> None:
    """However much larger it is as numbers."""
    made = upload(client, text, header="false").json()["data"]
    layers = [{"kind": "linear", "units": len(made["targets"][0])}]
    assert client.post("/api/sessions", json={"data": made, "layers": layers, "loss": {"kind": "mean_squared_error"}}).status_code == 201

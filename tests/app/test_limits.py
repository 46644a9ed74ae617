"""Every limit is kept, with its number in the sentence; and what one part of the server takes, the next takes too."""

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.live import Live
from app.problems import Problem
from app.settings import PROFILES, ROOT, Limits
from app.store import Store
from engine import Session, SessionSpec
from tests.app.conftest import keeping, visiting
from tests.image import MEMORY

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
    "memory": (0, 413, lambda client: build(client)),
    "streams": (0, 429, lambda client: client.get(f"{at(client)}/events")),
    "waiting": (0, 429, lambda client: build(client)),
}  # fmt: skip


def test_every_limit_has_a_test() -> None:
    """Here, or where something else is set up with a limit of its own."""
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    for name in {each.name for each in fields(Limits)} - set(OVER):
        assert re.search(rf"[( ]{name}=|\W{name}\W: \d|Limits\(\)\.{name}\b|BACKPROP_LAB_{name.upper()}\b", sources), name


@pytest.mark.parametrize("name", OVER)
def test_what_is_over_a_limit_is_refused_with_its_number(name: str) -> None:
    """And what is not, is not: the same request passes under the limits as they are."""
    limit, status, ask = OVER[name]
    with visiting(**{name: limit}) as client:
        answer = ask(client)
        shown = next(each for each in client.get("/api/limits").json()["limits"] if each["name"] == name)
    assert answer.status_code == status, answer.text
    assert name == "sessions" or f"{limit:,}" in answer.json()["detail"]
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


def store_of(client: TestClient) -> Store:
    return client.app.state.store  # type: ignore[attr-defined, no-any-return]


def at_once(client: TestClient, *owners: str, **spec: Any) -> list[Live | BaseException]:
    """What comes of a session for each of these visitors, all asked for in the same moment."""
    store = store_of(client)

    async def create() -> list[Live | BaseException]:
        return await asyncio.gather(*(store.create(SessionSpec(**spec), owner) for owner in owners), return_exceptions=True)

    made: list[Live | BaseException] = client.portal.call(create)  # type: ignore[union-attr]
    return made


@pytest.mark.parametrize(("limits", "room"), [({"sessions": 4}, 4), ({"memory": 13, "snapshots": 4_000_000}, 3)])
def test_who_come_at_once_share_the_room_that_there_is(limits: dict[str, int], room: int) -> None:
    """The others are told that the server is full; and what is reserved for a session that fails is given back."""
    with visiting(**limits) as client:
        assert not any(isinstance(each, Live) for each in at_once(client, *"abcdef", batch_size=5000))
        made = at_once(client, *map(str, range(16)))
        told = [each for each in made if isinstance(each, Problem)]
        assert len(store_of(client).living()) == len(made) - len(told) == room and {each.status for each in told} == {429}


def test_a_visitor_who_asks_many_times_at_once_has_no_more_than_one_who_waits(tmp_path: Path) -> None:
    with keeping(tmp_path, sessions_per_visitor=2) as client:
        assert {each.status for each in at_once(client, *"aaaaaaaab") if isinstance(each, Problem)} <= {429}
        mine, other = (client.portal.call(store_of(client).of, owner) for owner in "ab")  # type: ignore[union-attr]
        assert len(mine) == 2 and len(other) == 1


def test_kept_sessions_that_come_back_at_once_share_the_room_too(tmp_path: Path) -> None:
    with keeping(tmp_path) as client:
        ids = [each.id for each in at_once(client, *"abcd") if isinstance(each, Live)]
    with keeping(tmp_path, sessions=2) as client:
        store = store_of(client)

        async def ask() -> list[Live | BaseException | None]:
            return await asyncio.gather(*(store.open(id_, None, store._keys(id_, "").token) for id_ in ids), return_exceptions=True)

        back = client.portal.call(ask)  # type: ignore[union-attr]
        assert len(store.living()) == sum(isinstance(each, Live) for each in back) == 2


def test_a_class_of_small_sessions_has_room_in_the_memory_that_the_classroom_is_given() -> None:
    """With what the server and its laboratory take by themselves."""
    limits = Limits(**PROFILES["classroom"])
    session = Session(SessionSpec(), asdict(limits))
    assert limits.sessions * session.weight <= limits.memory * 1_000_000 <= MEMORY - 600_000_000

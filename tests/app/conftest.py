"""A client of the whole application, guard and all, without a network."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Limits, Settings

HOST = "http://127.0.0.1:8000"


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A visitor with a cookie jar."""
    with TestClient(create_app(Settings(limits=Limits(sessions_per_visitor=3))), base_url=HOST) as made:
        yield made


@pytest.fixture
def session(client: TestClient) -> dict[str, Any]:
    """A session of the default network."""
    answer: dict[str, Any] = client.post("/api/sessions", json={}).json()
    return answer


@pytest.fixture
def at(session: dict[str, Any]) -> str:
    """The session's address."""
    return f"/api/sessions/{session['id']}"

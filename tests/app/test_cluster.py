"""A sweep on a real Dask cluster of two workers, one of which is killed on the way, gives the same table as this process, bit for bit."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import ROOT, Settings
from app.workers.cluster import MISSING, STRANGE
from engine import Sweep, measured
from tests.app.conftest import HOST, eventually
from tests.app.test_laboratory import finished

GRID = {"base": {"width": 4}, "depths": [8, 9], "activations": ["sigmoid", "tanh", "relu"], "remedies": [None, {"kind": "clipping"}], "updates": 30}
LOOPBACK = ("--host", "127.0.0.1", "--no-dashboard")


@contextmanager
def dask(*command: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A process of the cluster; ended with the test."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    made = subprocess.Popen([sys.executable, "-m", "dask", *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield made
    finally:
        made.kill()
        made.wait()


@contextmanager
def served(address: str) -> Iterator[TestClient]:
    """A visitor of a server that uses this cluster."""
    with TestClient(create_app(Settings(dask=address)), base_url=HOST) as made:
        yield made


def test_a_sweep_outlives_a_worker_that_is_killed_and_its_table_is_the_same(tmp_path: Path) -> None:
    told = tmp_path / "scheduler.json"
    worker = ("worker", "--scheduler-file", str(told), "--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path), *LOOPBACK)
    with dask("scheduler", "--scheduler-file", str(told), "--port", "0", *LOOPBACK), dask(*worker) as first, dask(*worker):
        eventually(told.exists, 30)
        with served(json.loads(told.read_text())["address"]) as client:
            workers = client.app.state.laboratory.workers  # type: ignore[attr-defined]
            assert client.portal
            portal = client.portal
            eventually(lambda: portal.call(workers.width) == 4, 30)
            sweep = client.post("/api/sweeps", json=GRID).json()["id"]
            eventually(lambda: client.get(f"/api/sweeps/{sweep}").json()["done"] >= 2, 30)
            first.kill()
            on_the_way = client.get(f"/api/sweeps/{sweep}").json()
            assert on_the_way["state"] == "running" and on_the_way["done"] < on_the_way["of"] == 12
            found = finished(client, sweep)
    assert found["state"] == "done", found["said"]
    lines = sorted(found["cells"], key=lambda each: each["cell"])
    here = [{"cell": place, **measured(cell)} for place, cell in enumerate(Sweep.model_validate(GRID).cells(100))]
    assert json.dumps(lines) == json.dumps(here)


def test_a_scheduler_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.workers.cluster.PATIENCE", 0.2)
    with served("tcp://127.0.0.1:9") as client:
        sweep = client.post("/api/sweeps", json=GRID).json()["id"]
        found = finished(client, sweep)
        answer = client.post("/api/laboratory", json={"updates": 1})
    assert found["state"] == "failed" and answer.status_code == 503
    assert "tcp://127.0.0.1:9 does not answer" in found["said"] == answer.json()["detail"]


def test_a_server_without_dask_says_how_to_give_it_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the environment that it runs in, by a line that the laboratory's page of the documentation has too."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with served("tcp://127.0.0.1:9") as client:
        answer = client.post("/api/laboratory", json={"updates": 1})
        found = finished(client, client.post("/api/sweeps", json=GRID).json()["id"])
    assert (answer.status_code, found["state"]) == (503, "failed") and found["said"] == answer.json()["detail"] == MISSING
    assert '.venv/bin/python -m pip install "dask[distributed]' in MISSING and "the container image has none" in MISSING
    page = (ROOT / "docs/laboratory.md").read_text("utf-8")
    assert '.venv/bin/python -m pip install "dask[distributed]' in page and "The container image has no Dask" in page
    assert "dask" not in (ROOT / "requirements.lock").read_text("utf-8").replace("#   dask", "")


@pytest.mark.parametrize("error", [RuntimeError("Error during deserialization of the task graph."), ModuleNotFoundError("No module named 'engine'")], ids=repr)
def test_a_cluster_that_lacks_the_project_is_told_apart(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """As distributed says it: of the scheduler, or of a worker."""
    future: Future[object] = Future()
    future.set_exception(error)
    client = SimpleNamespace(get_executor=lambda **_: SimpleNamespace(submit=lambda *_: future), close=lambda **_: None, nthreads=lambda: {"": 1})
    monkeypatch.setattr("distributed.Client", lambda *_, **__: client)
    with served("tcp://127.0.0.1:9") as visitor:
        answer = visitor.post("/api/laboratory", json={"updates": 1})
    assert answer.status_code == 503 and answer.json()["detail"] == STRANGE.format("tcp://127.0.0.1:9")

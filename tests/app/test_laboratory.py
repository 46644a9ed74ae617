"""The laboratory over HTTP: trials and sweeps run away from the compute thread, give what the engine gives, and can be cancelled."""

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.cli import main
from app.problems import Problem
from app.workers import TRIES
from app.workers.processes import Processes
from engine import Pathology, Sweep, cases, measured, trial
from tests.app.conftest import eventually, process, visiting

SMALL: dict[str, Any] = {"depth": 4, "width": 3}
GRID: dict[str, Any] = {"base": {"width": 3}, "depths": [2, 3], "activations": ["sigmoid", "relu"], "remedies": [None, {"kind": "relu"}], "updates": 5}
LONG: dict[str, Any] = {"depths": list(range(40, 51)), "updates": 1000}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    """One visitor for all tests here, so that the processes are begun once."""
    with visiting() as made:
        yield made


def finished(client: TestClient, sweep: str) -> dict[str, Any]:
    """The sweep when it is over."""
    end = monotonic() + 60
    while (found := client.get(f"/api/sweeps/{sweep}").json())["state"] == "running":
        assert monotonic() < end, found
        sleep(0.05)
    return dict(found)


def test_trials_are_the_engines_own_and_come_in_order(client: TestClient) -> None:
    answer = client.post("/api/laboratory", json={"pathology": SMALL, "treatments": [[], [{"kind": "relu"}]], "updates": 6})
    untreated, treated = answer.json()["trials"]
    assert untreated == trial(Pathology(**SMALL), (), 6).json() | {"remedies": []} and treated["remedies"] == ["relu"]
    assert untreated["places"] == ["layer 1", "layer 2", "layer 3", "layer 4"]


def test_what_there_is_to_begin_with(client: TestClient) -> None:
    found = client.get("/api/laboratory").json()
    assert found["cases"] == cases() and "sigmoid" in found["schema"]["properties"]["activation"]["enum"]


@pytest.mark.parametrize(
    "body, field",
    [
        ({"pathology": {"activation": "softmax"}}, "pathology.activation"),
        ({"pathology": {"depth": 51}}, "pathology.depth"),
        ({"pathology": {"net": "recurrent", "depth": 3}}, "data"),
        ({"treatments": [[{"kind": "lstm"}]]}, "remedies"),
        ({"treatments": []}, "treatments"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_its_field(client: TestClient, body: dict[str, Any], field: str) -> None:
    """Also where the refusal is made in another process."""
    answer = client.post("/api/laboratory", json=body)
    assert answer.status_code == 422 and field in [each["field"] for each in answer.json()["errors"]], answer.text


OVER: list[tuple[dict[str, int], int, str, dict[str, Any]]] = [
    ({"trial_updates": 2}, 413, "laboratory", {"updates": 3}),
    ({"treatments": 1}, 413, "laboratory", {"treatments": [[], []]}),
    ({"trials": 1}, 429, "laboratory", {"treatments": [[], []]}),
    ({"cells": 7}, 413, "sweeps", GRID),
    ({"sweeps": 0}, 429, "sweeps", GRID),
]


@pytest.mark.parametrize("limit, status, call, body", OVER, ids=lambda each: next(iter(each)) if isinstance(each, dict) else "")
def test_what_is_over_a_limit_is_refused_with_its_number(limit: dict[str, int], status: int, call: str, body: dict[str, Any]) -> None:
    with visiting(**limit) as narrow:
        answer = narrow.post(f"/api/{call}", json=body)
    assert answer.status_code == status and f"{next(iter(limit.values())):,}" in answer.json()["detail"], answer.text


def test_a_sweep_of_long_trials_is_refused_too() -> None:
    with visiting(trial_updates=4) as narrow:
        assert narrow.post("/api/sweeps", json=GRID).status_code == 413


@pytest.mark.parametrize("count", ["0", "65", "two"])
def test_the_number_of_processes_is_bounded(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--processes", count])
    assert "1 to 64 processes" in capsys.readouterr().err


def test_a_sweep_gives_every_cell_once_and_is_kept(client: TestClient) -> None:
    begun = client.post("/api/sweeps", json=GRID)
    assert begun.status_code == 201 and begun.json()["of"] == 8
    found = finished(client, begun.json()["id"])
    assert found["state"] == "done" and found["done"] == 8
    lines = sorted(found["cells"], key=lambda each: each["cell"])
    assert lines == [{"cell": place, **measured(cell)} for place, cell in enumerate(Sweep.model_validate(GRID).cells(100))]
    assert client.get(f"/api/sweeps/{found['id']}?since=6").json()["cells"] == found["cells"][6:]
    assert found["id"] in [each["id"] for each in client.get("/api/sweeps").json()["sweeps"]]


def test_a_cell_that_cannot_be_built_says_why(client: TestClient) -> None:
    found = finished(client, client.post("/api/sweeps", json={**GRID, "remedies": [{"kind": "gru"}], "depths": [2], "activations": ["relu"]}).json()["id"])
    assert found["state"] == "done" and "recurrent net" in found["cells"][0]["refused"]


def test_a_sweep_is_cancelled_and_keeps_what_has_come(client: TestClient) -> None:
    sweep = client.post("/api/sweeps", json=LONG).json()["id"]
    cancelled = client.delete(f"/api/sweeps/{sweep}").json()
    assert cancelled["state"] == "cancelled" and cancelled["done"] < cancelled["of"]
    sleep(0.1)
    assert client.get(f"/api/sweeps/{sweep}").json() == cancelled
    assert client.post("/api/sessions", json={}).status_code == 201


def test_a_sweep_is_seen_by_its_visitor_alone(client: TestClient) -> None:
    sweep = client.post("/api/sweeps", json={**GRID, "depths": [2]}).json()["id"]
    other = TestClient(client.app, base_url=str(client.base_url))
    assert client.get(f"/api/sweeps/{sweep}").status_code == 200
    assert other.get(f"/api/sweeps/{sweep}").status_code == other.delete(f"/api/sweeps/{sweep}").status_code == 404


def test_the_oldest_sweep_that_is_over_makes_room() -> None:
    with visiting(sweeps=1) as client:
        first = client.post("/api/sweeps", json=LONG).json()["id"]
        refused = client.post("/api/sweeps", json=GRID)
        assert refused.status_code == 429
        assert refused.json()["detail"] == "You have 1 sweep under way, and 1 is allowed; cancel it, or wait until it is done."
        client.delete(f"/api/sweeps/{first}")
        assert client.post("/api/sweeps", json={**GRID, "depths": [2]}).status_code == 201
        assert client.get(f"/api/sweeps/{first}").status_code == 404


def test_visitors_share_the_sweeps_and_the_cells_that_a_server_has_room_for() -> None:
    """However many of them come; what is over makes room for what is to come."""
    size = len(Sweep.model_validate(LONG).cells(1000))
    with visiting(sweeps_running=2, cells_in_all=2 * size) as client:

        def begin(spec: dict[str, Any]) -> Any:
            client.cookies.clear()
            return client.post("/api/sweeps", json=spec)

        first = begin(LONG).json()["id"]
        visitor = dict(client.cookies)
        assert begin(LONG).status_code == 201
        refused = begin(GRID)
        assert refused.status_code == 429 and refused.json()["detail"].startswith("2 sweeps are under way on this server, and 2 may be")
        client.cookies.clear()
        assert client.delete(f"/api/sweeps/{first}", headers={"cookie": f"visitor={visitor['visitor']}"}).status_code == 200
        refused = begin({**LONG, "depths": [*LONG["depths"], 30]})
        assert refused.status_code == 429 and f"have {size} cells, and {2 * size} are allowed" in refused.json()["detail"]
        assert begin(LONG).status_code == 201
        client.cookies.clear()
        assert client.get(f"/api/sweeps/{first}", headers={"cookie": f"visitor={visitor['visitor']}"}).status_code == 404


def test_a_sweep_that_nobody_looks_at_is_forgotten_after_a_day() -> None:
    with visiting(kept_hours=1) as client:
        left, going = (client.post("/api/sweeps", json=LONG).json()["id"] for _ in range(2))
        client.delete(f"/api/sweeps/{left}")
        for each in client.app.state.laboratory.sweeps._sweeps.values():  # type: ignore[attr-defined]
            each.used -= 3601
        assert [each["id"] for each in client.get("/api/sweeps").json()["sweeps"]] == [going]
        assert client.get(f"/api/sweeps/{left}").status_code == 404


def test_a_sweep_outlives_a_process_that_dies(client: TestClient) -> None:
    """And its numbers are the same."""
    sweep = client.post("/api/sweeps", json={**GRID, "depths": [8, 9, 10], "updates": 30}).json()["id"]
    eventually(lambda: client.get(f"/api/sweeps/{sweep}").json()["done"])
    victim = multiprocessing.active_children()[0].pid
    assert victim
    os.kill(victim, signal.SIGKILL)
    found = finished(client, sweep)
    assert (found["state"], found["done"]) == ("done", 12), found["said"]
    assert sorted(each["cell"] for each in found["cells"]) == list(range(12))


def test_a_job_that_kills_every_process_is_given_up(client: TestClient) -> None:
    workers = client.app.state.laboratory.workers  # type: ignore[attr-defined]
    portal = client.portal
    assert portal
    with pytest.raises(Exception, match=f"died {TRIES} times"):
        portal.call(workers.run, os._exit, 1)


def test_jobs_that_are_given_up_leave_nothing_in_the_pool() -> None:
    """A pool that loses its processes then has no job that was cancelled; whoever waits is released, and its thread ends without a complaint."""

    async def scene() -> None:
        workers = Processes(1)
        jobs = [asyncio.create_task(workers.run(sleep, 60)) for _ in range(6)]
        async with asyncio.timeout(30):
            while not (workers._pool and workers._pool._pending_work_items):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        keeper, pending = workers._pool._executor_manager_thread, workers._pool._pending_work_items
        for job in jobs[1:4]:
            job.cancel()
        await asyncio.sleep(0)
        assert [each.future.cancelled() for each in pending.values()] == [False]
        workers.close()
        found = await asyncio.gather(*jobs, return_exceptions=True)
        assert [type(each) for each in found] == [Problem, *[asyncio.CancelledError] * 3, Problem, Problem]
        await asyncio.to_thread(keeper.join, 10)
        assert not keeper.is_alive()

    asyncio.run(scene())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_processes_end_with_the_server() -> None:
    """However it ends."""
    with process("--processes", "1") as (server, address):
        request = urllib.request.Request(
            f"{address}/api/laboratory", json.dumps({"pathology": SMALL, "updates": 2}).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        children = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/stat") if running(int(path.parent.name), server.pid)]
        assert children
        server.kill()
        server.wait()
        eventually(lambda: not any(running(each) for each in children))


def running(pid: int, parent: int | None = None) -> bool:
    """Whether a process is there and not merely unburied; with a parent, whether it is its child."""
    try:
        state, of = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rsplit(")", 1)[1].split()[:2]
    except OSError:
        return False
    return state != "Z" and parent in (None, int(of))

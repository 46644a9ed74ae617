"""Whether the server lives, whether it is ready, and how it fares."""

import asyncio
from collections.abc import Iterable

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.metrics import Metrics
from app.problems import Problem
from app.settings import Settings
from app.shares.measures import together
from app.shares.siblings import Siblings

router = APIRouter(tags=["server"])
NEAR = ("127.0.0.1", "::1", "testclient")


@router.get("/health")
async def health(request: Request, response: Response) -> dict[str, str | bool]:
    """200 when the server is ready; 503 where it lives and a compute thread, or a worker, does not."""
    ready = request.app.state.scheduler.alive and await request.app.state.siblings.ready()
    response.status_code = 200 if ready else 503
    return {"status": "ready" if ready else "not ready", "live": True, "ready": ready}


@router.get("/metrics", response_class=Response)
async def metrics(request: Request) -> Response:
    """Sessions, queue, times and memory for Prometheus: to callers on this machine, and to others only where the server was started with --metrics."""
    settings: Settings = request.app.state.settings
    near = request.client and request.client.host in NEAR and not settings.allows(request.headers["host"])
    if not settings.metrics and not near:
        raise Problem(404, "There is nothing at this address.")
    found: Metrics = request.app.state.metrics
    siblings: Siblings = request.app.state.siblings
    text = together({request.app.state.share.number: found.text().decode(), **await siblings.measures()}) if siblings.numbers else found.text()
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def levels(app: FastAPI) -> Iterable[tuple[str, str, float]]:
    """How much there is of everything that is bounded."""
    living = list(app.state.store.living())
    yield "sessions", "Sessions in memory", len(living)
    yield "sessions_running", "Sessions that train by themselves", sum(live.run is not None for live in living)
    yield "streams", "Streams and event listeners", sum(len(live.listeners) for live in living)
    yield "reserved_bytes", "Bytes that all sessions may come to take: networks, batches, examples and snapshots", sum(live.session.weight for live in living)
    yield "tasks", "Tasks on the event loop", len(asyncio.all_tasks())
    yield "queue", "Commands and readings that wait for the compute thread", app.state.scheduler.waiting

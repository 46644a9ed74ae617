"""The application, put together."""

import asyncio
import contextlib
import logging
import secrets
import sys
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Depends, FastAPI
from starlette.types import ASGIApp

from app import assets, problems
from app.door import Door
from app.events import router as events
from app.guard import Guard
from app.heap import EVERY, Heap
from app.laboratory import Laboratory
from app.ledger import Ledger
from app.links import link
from app.metrics import Metrics
from app.records import Recorder
from app.routes import (
    answers,
    branches,
    catalog,
    code,
    explanations,
    formulas,
    games,
    health,
    laboratory,
    latent,
    lessons,
    pages,
    proofs,
    reads,
    sessions,
    steps,
    tables,
    unrolled,
    updates,
    writing,
)
from app.scheduler import Scheduler
from app.settings import Settings
from app.shares.moving import Misdirected
from app.shares.part import Part
from app.store import Store
from app.stream import router as stream
from app.strict import nothing_unknown

log = logging.getLogger("app")
SWEEP = 30.0
"""Seconds between two looks for idle sessions."""
SWITCH = 0.0005
"""Seconds after which the compute thread lets the others have the interpreter."""
ROUTERS = (
    *(health.router, sessions.router, steps.router, branches.router, reads.router, updates.router, code.router, proofs.router, stream, events),
    *(explanations.router, unrolled.router, latent.router, writing.router, answers.router, catalog.router, lessons.router, laboratory.router, tables.router),
    *(formulas.router, games.router, pages.router, assets.router),
)


class Lab(FastAPI):
    """An application whose outermost layer is the guard, so that no answer leaves without it."""

    def build_middleware_stack(self) -> ASGIApp:
        """Everything of the framework, inside the door of a class that has one, inside the guard, whose answers are logged where that is wanted."""
        settings, inner = self.state.settings, super().build_middleware_stack()
        if self.state.share.count > 1:
            inner = Misdirected(inner, self.state.share)
        self.state.door = Door(inner, settings, self.state.key) if settings.door else None
        guarded = Guard(self.state.door or inner, settings)
        return Recorder(guarded) if settings.log else guarded

    def openapi(self) -> dict[str, Any]:
        """The schema of the API, with the ways from call to call."""
        if self.openapi_schema is None:
            self.openapi_schema = link(super().openapi())
        return self.openapi_schema


def create_app(settings: Settings | None = None, ledger: Ledger | None = None, part: Part | None = None) -> FastAPI:
    """The guarded application for these settings; it keeps its sessions in the ledger, or without one in memory only, and lets it go at its end.

    With a part, it is one of several workers.
    """
    app = Lab(
        title="Backprop Lab",
        version="0.1.0",
        description="Train small networks one operation at a time, and see every gradient.",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
        responses=problems.RESPONSES,
    )
    app.state.settings = settings or Settings()
    app.state.ledger = ledger
    app.state.end = None
    part = part or Part(ledger.key if ledger else secrets.token_bytes(32))
    app.state.key, app.state.share, app.state.siblings = part.key, part.share, part.siblings
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router, dependencies=[] if router is stream else [Depends(nothing_unknown)])
    assets.install(app)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Any) -> AsyncIterator[None]:
    sys.setswitchinterval(SWITCH)
    app.state.metrics = Metrics()
    app.state.scheduler = Scheduler(app.state.metrics, asyncio.get_running_loop())
    store = app.state.store = Store(app.state.settings.limits, app.state.scheduler, app.state.key, app.state.ledger, app.state.share)
    app.state.laboratory = Laboratory(app.state.settings)
    app.state.metrics.watch(lambda: health.levels(app))
    chores = [asyncio.create_task(each) for each in (store.resume(), _sweep(store), _set_aside(store), asyncio.to_thread(assets.prepare))]
    try:
        yield
    finally:
        for chore in chores:
            chore.cancel()
        app.state.laboratory.close()
        try:
            async with asyncio.timeout_at(app.state.end):
                await store.finish()
        except TimeoutError:
            log.warning("Not every session could be saved in time; what was answered is kept, and worked out again when the server is started.")
        app.state.scheduler.stop()


async def _set_aside(store: Store) -> None:
    heap = Heap()
    try:
        while True:
            await asyncio.sleep(EVERY)
            heap.look(len(store.living()), store.changes)
    finally:
        heap.close()


async def _sweep(store: Store) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        try:
            await store.free_idle()
        except Exception:
            log.exception("Idle sessions could not be put away.")

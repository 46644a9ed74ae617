"""The application, put together."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from fastapi import FastAPI
from starlette.types import ASGIApp

from app import assets, problems
from app.events import router as events
from app.guard import Guard
from app.routes import catalog, pages, reads, sessions, steps
from app.scheduler import Scheduler
from app.settings import Settings
from app.store import MemoryStore
from app.stream import router as stream

SWEEP = 30.0
"""Seconds between two looks for idle sessions."""


def create_app(settings: Settings | None = None) -> ASGIApp:
    """The guarded application for these settings."""
    settings = settings or Settings()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(0.0005)
        app.state.scheduler = Scheduler()
        app.state.store = MemoryStore(settings.limits)
        sweeper = asyncio.create_task(_sweep(app.state.store))
        try:
            yield
        finally:
            sweeper.cancel()
            app.state.scheduler.stop()

    app = FastAPI(
        title="Backprop Lab",
        version="0.1.0",
        description="Train small networks one operation at a time, and see every gradient.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    problems.install(app)
    for router in (sessions.router, steps.router, reads.router, catalog.router, pages.router, stream, events):
        app.include_router(router)
    assets.install(app)
    return Guard(app, settings)


async def _sweep(store: MemoryStore) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        store.free_idle()

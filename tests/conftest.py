"""What every test shares: one BLAS thread, set before NumPy is imported; sessions in memory only; repeatable examples; and one browser, used last."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["BACKPROP_LAB_DATA"] = "none"

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """The one Chromium of all tests."""
    from tests.browser import running_browser

    with running_browser() as made:
        yield made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: once Playwright runs, its event loop is this thread's, and no other can be started in it."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))

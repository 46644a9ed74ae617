"""The page's own modules: one case for each test file, which names every JavaScript test that does not hold."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
FILES = sorted(path.relative_to(HERE).as_posix() for path in HERE.rglob("*.test.js"))
Run = Callable[[str], list[dict[str, Any]]]


def failures(results: list[dict[str, Any]]) -> list[str]:
    """What did not hold; a file without a test is a failure too."""
    if not results:
        return ["the file names no test"]
    return [f"{result['name']}: {result['error']}" for result in results if result["error"] is not None]


@pytest.mark.parametrize("file", FILES)
def test_script(run_script: Run, file: str) -> None:
    """Every JavaScript test of the file holds."""
    found = failures(run_script(f"/tests/js/{file}"))
    assert not found, "\n\n".join(found)


def test_a_failing_script_fails(run_script: Run) -> None:
    """A test that does not hold is told, by name; those that hold are not."""
    found = failures(run_script("/failing.test.js"))
    assert [line.split(":")[0] for line in found] == ["fails", "fails later"]


def test_a_script_that_cannot_be_loaded_fails(run_script: Run) -> None:
    """Neither a missing file nor one without a test passes in silence."""
    assert failures(run_script("/tests/js/no-such-file.js"))
    assert failures(run_script("/static/js/store.js")) == ["the file names no test"]

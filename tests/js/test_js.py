"""The page's own modules: each JavaScript test is a case here, and each file is one more, for what only shows when it runs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
FILES = {path.relative_to(HERE).as_posix(): path.read_text("utf-8") for path in sorted(HERE.rglob("*.test.js"))}
NAMED = re.compile(r"""^\s*test\(\s*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`$\n]+)`)""", re.MULTILINE)
Run = Callable[[str], list[dict[str, Any]]]


def names(source: str) -> list[str]:
    """The tests that a file names in so many words; one whose name is computed belongs to the file's own case."""
    return ["".join(found) for found in NAMED.findall(source)]


def verdict(results: list[dict[str, Any]], name: str) -> str | None:
    """What is wrong with one test, or None; a test that never ran is wrong."""
    errors: list[str | None] = [result["error"] for result in results if result["name"] == name]
    return errors[0] if errors else f"“{name}” did not run: " + "; ".join(failures(results))


def failures(results: list[dict[str, Any]]) -> list[str]:
    """What did not hold; a file without a test is a failure too."""
    if not results:
        return ["the file names no test"]
    return [f"{result['name']}: {result['error']}" for result in results if result["error"] is not None]


@pytest.mark.parametrize("file, name", [(file, name) for file, source in FILES.items() for name in names(source)])
def test_named(run_script: Run, file: str, name: str) -> None:
    """The JavaScript test holds."""
    assert (found := verdict(run_script(f"/tests/js/{file}"), name)) is None, found


@pytest.mark.parametrize("file", FILES)
def test_whole_file(run_script: Run, file: str) -> None:
    """The file loads, every name found in it ran, and no test of a computed name failed."""
    results = run_script(f"/tests/js/{file}")
    apart = set(names(FILES[file]))
    assert apart <= {result["name"] for result in results}
    found = failures([result for result in results if result["name"] not in apart] or results[:1])
    assert not found, "\n\n".join(found)


def test_a_failing_script_fails(run_script: Run) -> None:
    """A test that does not hold is told, by name; those that hold are not."""
    results = run_script("/failing.test.js")
    assert [line.split(":")[0] for line in failures(results)] == ["fails", "fails later"]
    assert verdict(results, "holds") is None
    assert "expected 2, and 1 came" in (verdict(results, "fails") or "")
    assert "did not run" in (verdict(results, "not there") or "")


def test_a_script_that_cannot_be_loaded_fails(run_script: Run) -> None:
    """Neither a missing file nor one without a test passes in silence."""
    assert failures(run_script("/tests/js/no-such-file.js"))
    assert failures(run_script("/static/js/store.js")) == ["the file names no test"]


def test_names_are_found_however_they_are_quoted() -> None:
    """A computed name is left to the file's own case."""
    assert names('test("a \'b\'", f);\n  test(\'c\', f);\ntest(`d`, f);\ntest(`e ${x}`, f);\nlatest("f", f);\ntest(\n  "g", f);') == ["a 'b'", "c", "d", "g"]

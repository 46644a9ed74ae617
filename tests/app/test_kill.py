"""A real server is killed with commands in flight. `python -m benchmarks.kill` does the same at length."""

from pathlib import Path

import pytest

from benchmarks.kill import kill


def test_what_was_answered_is_there_after_every_kill(tmp_path: Path) -> None:
    """No command lost, no bit different: of what is shown after each kill, and of every buffer of what is on disk at the end."""
    tally = kill(tmp_path, kills=1, clients=3, life=0.6)
    assert tally.clean, tally
    assert tally.kills == 2 and len(tally.recoveries) >= 3


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_answered_is_there_after_thirty_kills(tmp_path: Path, workers: int) -> None:
    """The same at length, of a server of one process and of two workers."""
    tally = kill(tmp_path, kills=30, clients=6, life=2.0, seed=1, workers=workers)
    assert tally.clean, tally
    assert tally.kills >= 30 and tally.answered >= 3000 / workers

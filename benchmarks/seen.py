"""What was seen of a class on a server, and whether it is within its bounds on a machine of two cores."""

from collections.abc import Sequence
from dataclasses import dataclass, field

OLD = 0.25
"""Seconds from which a frame is called old."""
STEP, SHARE, SIZE = 30.0, 1.2, 150.0
"""Bounds: milliseconds of a single step at the 99th percentile, largest share over smallest, kilobytes of a small session beside its history."""
GROWTH = 1.05
"""By what memory may grow from the middle of a soak to its end, as what the sessions remember fills up."""
SOAK = 100.0
"""Seconds that a soak takes at the least."""
POOL = 6
"""Threads that the event loop hands work to; they are begun one by one as they are needed, and stay."""
BUSY = 5
"""Requests that may just be under way at a look: as many tasks and connections come and go."""


@dataclass
class Seen:
    """What came out. `late` is how much later the clients' own clock woke them than it was asked to, which is in each wait too."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    shares: list[tuple[int, int]] = field(default_factory=list)
    frames: int = 0
    small: float = 0.0
    ages: dict[float, int] = field(default_factory=dict)
    looks: list[dict[str, float]] = field(default_factory=list)


def report(seen: Seen, sessions: int, training: int) -> bool:
    """Print what was seen; whether all of it is within its bounds."""
    lines = [_waits(seen), _shares(seen), _ages(seen)]
    lines += [
        (seen.small <= SIZE, f"a small session, its history beside it: {seen.small:.0f} kB; bound {SIZE:.0f}"),
        (seen.lost == 0, f"sessions that lost a step: {seen.lost}; bound 0"),
        _soak(seen),
    ]
    print(
        f"{sessions} sessions, {training} training, {2 * training} streams, for {seen.seconds:.0f} s from when each had made an update; "
        f"{len(seen.waits):,} single steps, {seen.refused} refused; {seen.frames:,} frames drawn"
    )
    print(f"  (a client's own clock woke it {1000 * _at(seen.late, 0.5):.1f} ms late in the middle, {1000 * _at(seen.late, 0.99):.1f} ms in 99 of 100)")
    for holds, words in lines:
        print(f"{'✓' if holds else '✗'} {words}")
    return all(holds for holds, _ in lines)


def _waits(seen: Seen) -> tuple[bool, str]:
    middle, most, nearly, longest = (1000 * _at(seen.waits, share) for share in (0.5, 0.95, 0.99, 1))
    return nearly <= STEP, f"a single step, 99 of 100: {nearly:.1f} ms (median {middle:.1f}, 95 of 100 {most:.1f}, longest {longest:.1f}); bound {STEP:.0f}"


def _shares(seen: Seen) -> tuple[bool, str]:
    """Of the sessions of each size, the most updates over the fewest; one update more or less cannot be told from none."""
    told = ", ".join(f"{most / max(least, 1):.2f} ({least:,} to {most:,})" for least, most in seen.shares)
    holds = all(most <= SHARE * least or most <= least + 1 for least, most in seen.shares)
    return holds, f"largest share over smallest, by size (updates): {told}; bound {SHARE}, or one update"


def _ages(seen: Seen) -> tuple[bool, str]:
    drawn, late = seen.ages[float("inf")], seen.ages[float("inf")] - seen.ages[OLD]
    oldest = next(edge for edge, count in seen.ages.items() if count == drawn)
    return late == 0, f"oldest frame: at most {1000 * oldest:.0f} ms, {late} of {drawn:,} older than {1000 * OLD:.0f}; bound 0"


def _soak(seen: Seen) -> tuple[bool, str]:
    """Memory, tasks, threads and files near the start, in the middle and near the end; what grows in a short time is what is used for the first time."""
    first, middle, last = seen.looks[0], seen.looks[len(seen.looks) // 2], seen.looks[-1]
    told = ", ".join(f"{name} {first[name]:,.0f} → {middle[name]:,.0f} → {last[name]:,.0f}" for name in first)
    grown = [name for name, more in (("tasks", BUSY), ("threads", POOL), ("files", BUSY)) if last[name] > first[name] + more]
    grown += ["memory"] if last["memory"] > GROWTH * middle["memory"] else []
    if seen.seconds < SOAK:
        return True, f"start → middle → end: {told} (too short to say whether it is flat)"
    return (
        not grown,
        f"start → middle → end: {told}: {' and '.join(grown) + ' grew' if grown else 'flat'}; bound ×{GROWTH} for the second half, and no more of the rest",
    )


def _at(numbers: Sequence[float], share: float) -> float:
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
